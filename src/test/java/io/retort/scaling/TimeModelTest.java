package io.retort.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.distill.SynchronousTrainer;
import io.retort.distill.dl4j.Dl4jTrainer;
import io.retort.scaling.Estimate.Cluster;
import io.retort.scaling.Estimate.Spent;
import io.retort.scaling.Workload.LabelPass;
import io.retort.scaling.Workload.TapPass;
import io.retort.scaling.Workload.Training;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The estimate against numbers worked out by hand. */
class TimeModelTest {
    private static final Offset<Double> EXACT = within(1e-9);
    private static final double INFINITE = Double.POSITIVE_INFINITY;

    private static Spent stage(Workload workload, Cluster cluster, String name) {
        return stage(workload, cluster, EarlierTimes.none(), name);
    }

    private static Spent stage(Workload workload, Cluster cluster, EarlierTimes earlier, String name) {
        return new TimeModel(workload, SmallWorkload.rates(), earlier, cluster)
                .estimate()
                .stages()
                .get(name);
    }

    @Test
    void hasTheStagesOfARunInTheirOrder() {
        Estimate estimate = new TimeModel(
                        SmallWorkload.synchronous(), SmallWorkload.rates(), EarlierTimes.none(), Cluster.local(1, 3))
                .estimate();
        assertThat(estimate.stages().keySet()).containsExactly("start", "shard", "train teacher", "label", "students");
        assertThat(estimate.stages().get("start")).isEqualTo(Spent.fixed(3));
        assertThat(estimate.seconds()).isEqualTo(estimate.spent().total(), EXACT);
    }

    @Test
    void aSlotTakesAllMicroBatchesOfAStepAlone() {
        Spent teacher = stage(SmallWorkload.synchronous(), Cluster.local(1, 3), "train teacher");
        // 2 epochs of 16 steps of 2 micro-batches of 25 rows, and an update; a core is left for reading
        assertThat(teacher.work()).isEqualTo(32 * (50 * 0.01 + 0.002), EXACT);
        // jobs of 16, 9 and 7 steps
        assertThat(teacher.launch()).isEqualTo(3 * 0.1, EXACT);
        assertThat(teacher.exchange()).isZero();
    }

    @Test
    void twoSlotsOfOneMachineShareAStepAndHinderEachOther() {
        Spent teacher = stage(SmallWorkload.synchronous(), Cluster.local(2, 3), "train teacher");
        // no core is left for reading
        assertThat(teacher.work()).isEqualTo(32 * (25 * (0.015 + 1e-4) + 0.002), EXACT);
        // jobs of 16, 12 and 4 steps
        assertThat(teacher.launch()).isEqualTo(3 * 0.11, EXACT);
    }

    @Test
    void moreSlotsThanMicroBatchesAreNotUsed() {
        Workload workload = SmallWorkload.synchronous();
        Spent two = stage(workload, new Cluster(2, 2, 1, INFINITE, 3), "train teacher");
        assertThat(stage(workload, new Cluster(8, 8, 1, INFINITE, 3), "train teacher"))
                .isEqualTo(two);
        assertThat(ranks(workload, SmallWorkload.TEACHER, 64)).isEqualTo(2);
        Training five =
                new Training("t", "teacher", Optional.empty(), 800, 1, 100, 5, 2000, false, 0, Optional.empty());
        assertThat(ranks(workload, five, 4)).as("2, 2 and 1").isEqualTo(3);
        assertThat(ranks(workload, five, 5)).isEqualTo(5);
    }

    private static int ranks(Workload workload, Training training, int slots) {
        return TimeModel.ranks(workload, training, slots, slots);
    }

    @Test
    void executorsExchangeGradientsAtEachStep() {
        // 2 of 4 executors, at machines of 2 cores; 10 bytes a microsecond
        Spent teacher = stage(SmallWorkload.synchronous(), new Cluster(4, 4, 2, 1e7, 3), "train teacher");
        // a gradient of 4,000 bytes each step; a state of 12,000 out in 3 hops, and back from each of 3 jobs
        assertThat(teacher.exchange()).isEqualTo(32 * (2 * 0.5 * 4_000 / 1e7 + 0.001) + (3 + 3) * 12_000 / 1e7, EXACT);
        assertThat(teacher.launch()).isEqualTo(3 * (0.1 + 0.01 + 0.3), EXACT);
    }

    @Test
    void theSetNumberOfReplicasIsTheMostThatATrainingHas() {
        Workload one = SmallWorkload.of(
                List.of(SmallWorkload.TEACHER), new SynchronousTrainer.Settings(Optional.of(1), Optional.empty()));
        assertThat(ranks(one, SmallWorkload.TEACHER, 8)).isEqualTo(1);
    }

    @Test
    void fewerRowsThanABatchAreNotCut() {
        Workload few = SmallWorkload.synchronous().withTrainingSamples(49, 100);
        Training teacher = few.trainings().get(0);
        assertThat(few.lanes(teacher)).isEqualTo(1);
        assertThat(ranks(few, teacher, 2)).isEqualTo(1);
    }

    @Test
    void oneSlotTakesStudentsAndTheirEvaluationsInTurn() {
        Spent students = stage(SmallWorkload.synchronous(), Cluster.local(1, 3), "students");
        // one epoch of 16 steps of 50 rows each, and 200 held-out rows each
        assertThat(students.work()).isEqualTo(2 * 16 * (50 * 0.001 + 0.0005) + 2 * 200 * (1e-4 + 1e-4), EXACT);
        // the latencies of the teacher and of both
        assertThat(students.fixed()).isEqualTo(3 * 1.5, EXACT);
    }

    @Test
    void aStudentAndItsBaselineShareTheSlots() {
        Spent students = stage(SmallWorkload.synchronous(), Cluster.local(2, 3), "students");
        // each has a slot, and then the evaluations have both
        assertThat(students.work()).isEqualTo(16 * (50 * (0.001 + 1e-4) + 0.0005) + 2 * 100 * (1e-4 + 1e-4), EXACT);
    }

    @Test
    void whatWaitsForAnotherIsNoFasterOnMoreSlots() {
        Training tuning =
                new Training("tuning", "student s", Optional.of(0), 800, 1, 50, 1, 200, false, 0, Optional.empty());
        Workload chain = SmallWorkload.of(List.of(SmallWorkload.STUDENT, tuning), SmallWorkload.SYNCHRONOUS);
        Spent students = stage(chain, new Cluster(8, 8, 1, INFINITE, 3), "students");
        // 2 shards are evaluated by 2 slots, and a core of the machine is left for reading
        assertThat(students.work()).isEqualTo(2 * (16 * (50 * 0.001 + 0.0005) + 100 * (1e-4 + 1e-4)), EXACT);
    }

    @Test
    void replicasThatAreAveragedTakeTheirPartOfEachBatch() {
        Cluster two = new Cluster(2, 2, 2, 1e7, 3);
        Spent teacher = stage(SmallWorkload.averaging(Optional.empty()), two, "train teacher");
        // 2 epochs of 8 rounds of 2 steps, of which each replica takes 25 rows
        assertThat(teacher.work()).isEqualTo(32 * (25 * (0.015 + 1e-4) + 0.002), EXACT);
        assertThat(teacher.launch()).isEqualTo(16 * 0.11, EXACT);
        // a state of 12,000 bytes out in 2 hops, and back from both
        assertThat(teacher.exchange()).isEqualTo(16 * (2 + 2) * 12_000 / 1e7, EXACT);
    }

    @Test
    void dl4jsReplicasTakeWholeBatches() {
        Workload work = SmallWorkload.of(List.of(SmallWorkload.TEACHER), new Dl4jTrainer.Settings(Optional.empty(), 2));
        Spent teacher = stage(work, Cluster.local(2, 3), "train teacher");
        // 2 epochs of 8 batches for each of the two, averaged after each 2
        assertThat(teacher.work()).isEqualTo(2 * 8 * (50 * (0.015 + 1e-4) + 0.002), EXACT);
        assertThat(teacher.launch()).isEqualTo(2 * 4 * 0.11, EXACT);
    }

    @Test
    void labellingIsALastWaveThatMayBeHalfEmpty() {
        // 10 files on 4 slots are 3 waves of 100 rows of 20 bytes and labels of 12; 2 slots share a machine's network
        Spent label = stage(SmallWorkload.synchronous(), new Cluster(4, 4, 2, 1e7, 3), "label");
        assertThat(label.work()).isEqualTo(300 * (0.003 + 1e-4), EXACT);
        // 10 tasks start within that time
        assertThat(label.launch()).isEqualTo(0.2, EXACT);
        // and the teacher of 4,000 bytes in 3 hops
        assertThat(label.exchange()).isEqualTo((300 * 32 * 2 + 3 * 4_000) / 1e7, EXACT);
    }

    @Test
    void anEnsembleLabelsWithEachOfItsNetworksAndGenerationsLabelToo() {
        Workload one = SmallWorkload.synchronous();
        Workload several = new Workload(
                one.train(),
                one.test(),
                List.of(new LabelPass(List.of("teacher"), 2), new LabelPass(List.of("teacher", "student s"), 1)),
                List.of(),
                one.labels(),
                one.networks(),
                List.of(),
                SmallWorkload.SYNCHRONOUS);
        assertThat(several.labelFiles()).isEqualTo(8 * 2 + 2 + 8 + 2);
        // 2 views of 800 rows and 200 held out by the first alone, then 800 and 200 by both; read each time once
        assertThat(stage(several, Cluster.local(1, 3), "label").work())
                .isEqualTo(1800 * (0.002 + 1e-4) + 1000 * (0.002 + 1e-4 + 1e-4), EXACT);
        // both are evaluated beside the ensemble, and their latencies measured
        Spent evaluate = stage(several, Cluster.local(1, 3), "evaluate");
        assertThat(evaluate.work()).isEqualTo(200 * (0.002 + 1e-4) + 200 * (1e-4 + 1e-4), EXACT);
        assertThat(evaluate.fixed()).isEqualTo(2 * 1.5, EXACT);
    }

    @Test
    void aDriverThatStartsTasksTooSlowlyIsSeen() {
        Workload many = SmallWorkload.synchronous().withTrainingSamples(10_000_000, 1);
        Spent label = stage(many, new Cluster(1 << 20, 1 << 20, 2, INFINITE, 3), "label");
        assertThat(label.launch()).isGreaterThan(0.5 * 10_000_000 * 0.01);
    }

    @Test
    void tapsCostAPassOfTheTeacher() {
        Workload without = SmallWorkload.synchronous();
        Workload with = new Workload(
                without.train(),
                without.test(),
                without.passes(),
                List.of(new TapPass(List.of("s"), "a node", 108, 2)),
                without.labels(),
                without.networks(),
                without.trainings(),
                SmallWorkload.SYNCHRONOUS);
        Cluster local = Cluster.local(1, 3);
        assertThat(stage(with, local, "label").work()
                        - stage(without, local, "label").work())
                .isEqualTo(1600 * 0.002, EXACT);
    }

    @Test
    void anEarlierRunTakesThePlaceOfTheProbe() {
        EarlierTimes earlier = new EarlierTimes("run", 0.004, Map.of("teacher", 0.02));
        Workload workload = SmallWorkload.synchronous();
        Cluster local = Cluster.local(2, 3);
        // an optimiser step of 2 micro-batches, updates and reading included
        assertThat(stage(workload, local, earlier, "train teacher").work()).isEqualTo(32 * 25 * 0.02, EXACT);
        assertThat(stage(workload, local, earlier, "label").work()).isEqualTo(500 * 0.004, EXACT);
        assertThat(stage(workload, local, earlier, "students")).isEqualTo(stage(workload, local, "students"));
    }

    @Test
    void aBroadcastDoublesWhoHasIt() {
        assertThat(Cluster.local(2, 0).hops()).isZero();
        assertThat(new Cluster(1, 1, 1, 1, 0).hops()).isEqualTo(1);
        assertThat(new Cluster(3, 3, 1, 1, 0).hops()).isEqualTo(2);
        assertThat(new Cluster(1000, 1000, 1, 1, 0).hops()).isEqualTo(10);
    }
}
