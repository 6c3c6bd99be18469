package io.retort.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.distill.SparkSynchronousTrainer;
import io.retort.distill.dl4j.SparkMasterTrainer;
import io.retort.scaling.Constants.PerSample;
import io.retort.scaling.Prediction.Stage;
import io.retort.scaling.Workload.LabelPass;
import io.retort.scaling.Workload.NetworkSize;
import io.retort.scaling.Workload.TapPass;
import io.retort.scaling.Workload.Training;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The model against numbers worked out by hand. */
class ScalingModelTest {
    private static final Offset<Double> EXACT = within(1e-9);

    private final ScalingModel model = new ScalingModel(SmallWorkload.synchronous(), SmallWorkload.constants());

    private static Stage stage(Prediction prediction, String name) {
        return prediction.stages().stream()
                .filter(stage -> stage.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void hasTheStagesOfARunInTheirOrder() {
        assertThat(model.predict(Cluster.local(1, 3)).stages())
                .extracting(Stage::name)
                .containsExactly("start", "shard", "train teacher", "label", "students");
    }

    @Test
    void aSlotTakesAllMicroBatchesOfAStepAlone() {
        Stage teacher = stage(model.predict(Cluster.local(1, 3)), "train teacher");
        // 2 epochs of 16 steps of 2 micro-batches of 25 rows, and an update; a core is left for reading
        assertThat(teacher.seconds().get(Term.COMPUTE)).isEqualTo(32 * (50 * 0.01 + 0.002), EXACT);
        // jobs of 16, 9 and 7 steps; each opens a shard of one lane before the first, and that of the other meanwhile
        assertThat(teacher.seconds().get(Term.READ)).isEqualTo(3 * 100 * 4e-5, EXACT);
        assertThat(teacher.seconds().get(Term.LAUNCH)).isEqualTo(3 * 0.1, EXACT);
        assertThat(teacher.seconds().get(Term.FIXED)).isEqualTo(0.7, EXACT);
        // a state of 4 · (1000 + 2000) bytes: written for each job and read once; written and read when it comes back
        assertThat(teacher.seconds().get(Term.BROADCAST)).isEqualTo((3 + 1) * 12_000 * 1e-6, EXACT);
        assertThat(teacher.seconds().get(Term.EXCHANGE)).isEqualTo(32 * 2 * 4_000 * 1e-8 + 3 * 12_000 * 2e-6, EXACT);
        assertThat(teacher.seconds()).doesNotContainKey(Term.LABELS);
    }

    @Test
    void twoSlotsOfOneMachineShareAStepAndHinderEachOther() {
        Stage teacher = stage(model.predict(Cluster.local(2, 3)), "train teacher");
        assertThat(teacher.seconds().get(Term.COMPUTE)).isEqualTo(32 * (25 * 0.015 + 0.002), EXACT);
        // jobs of 16, 12 and 4 steps; no core is left for reading
        assertThat(teacher.seconds().get(Term.READ)).isEqualTo(32 * 25 * 1e-4 + 3 * 100 * 4e-5, EXACT);
        assertThat(teacher.seconds().get(Term.LAUNCH)).isEqualTo(3 * 0.11, EXACT);
        // its own micro-batch, and the other's sum
        assertThat(teacher.seconds().get(Term.EXCHANGE)).isEqualTo(32 * 2 * 4_000 * 1e-8 + 3 * 12_000 * 2e-6, EXACT);
    }

    @Test
    void moreSlotsThanMicroBatchesAreNotUsed() {
        Stage two = stage(model.predict(Cluster.local(2, 3)), "train teacher");
        assertThat(stage(model.predict(Cluster.local(8, 3)), "train teacher")).isEqualTo(two);
        assertThat(model.ranks(SmallWorkload.TEACHER, 64)).isEqualTo(2);
        Training five = new Training("t", "teacher", Optional.empty(), 1, 100, 5, 2000, false, 0);
        assertThat(model.ranks(five, 4)).as("2, 2 and 1").isEqualTo(3);
        assertThat(model.ranks(five, 5)).isEqualTo(5);
    }

    @Test
    void executorsExchangeGradientsAtEachStep() {
        // 2 of 4 executors, at machines of 2 cores; 10 bytes a microsecond
        Stage teacher = stage(model.predict(new Cluster(4, 4, 2, 1e7, 3)), "train teacher");
        double sent = 2 * 0.5 * 4_000 / 1e7;
        assertThat(teacher.seconds().get(Term.EXCHANGE))
                .isEqualTo(32 * (2 * 4_000 * 1e-8 + sent + 0.001) + 3 * 12_000 * (2e-6 + 1e-7), EXACT);
        assertThat(teacher.seconds().get(Term.LAUNCH)).isEqualTo(3 * (0.1 + 0.01 + 0.3), EXACT);
        // 3 hops to 4 executors, once
        assertThat(teacher.seconds().get(Term.BROADCAST)).isEqualTo((3 + 1) * 0.012 + 3 * 12_000 / 1e7, EXACT);
        assertThat(teacher.seconds().get(Term.READ))
                .isEqualTo(32 * 25 * (1e-4 + 2 * 20 / 1e7) + 3 * 100 * (4e-5 + 2 * 20 / 1e7), EXACT);
    }

    @Test
    void theSetNumberOfReplicasIsTheMostThatATrainingHas() {
        Workload one = SmallWorkload.of(
                List.of(SmallWorkload.TEACHER), new SparkSynchronousTrainer.Settings(Optional.of(1), Optional.empty()));
        ScalingModel limited = new ScalingModel(one, SmallWorkload.constants());
        assertThat(limited.ranks(SmallWorkload.TEACHER, 8)).isEqualTo(1);
    }

    @Test
    void fewerSamplesThanABatchAreNotCut() {
        Workload few = SmallWorkload.synchronous().withTrainingSamples(49, 100);
        assertThat(few.lanes(SmallWorkload.TEACHER)).isEqualTo(1);
        assertThat(new ScalingModel(few, SmallWorkload.constants()).ranks(SmallWorkload.TEACHER, 2))
                .isEqualTo(1);
    }

    @Test
    void oneSlotTakesStudentsAndTheirEvaluationsInTurn() {
        Stage students = stage(model.predict(Cluster.local(1, 3)), "students");
        double labels = 1e-6 + 12 * 1e-7;
        // one epoch of 16 steps of 50 rows each, and 200 held-out samples each
        assertThat(students.seconds().get(Term.COMPUTE))
                .isEqualTo(2 * 16 * (50 * 0.001 + 0.0005) + 2 * 200 * 0.0001, EXACT);
        // one job each, in which the student opens a shard of soft labels, and the evaluations
        assertThat(students.seconds().get(Term.LABELS)).isEqualTo(100 * labels + 2 * 200 * labels, EXACT);
        // the teacher's latency, and that of the other two, which also were built
        assertThat(students.seconds().get(Term.FIXED)).isEqualTo(3 * 1.5 + 2 * 0.3, EXACT);
    }

    @Test
    void aStudentAndItsBaselineAreTrainedSideBySide() {
        Stage students = stage(model.predict(Cluster.local(2, 3)), "students");
        double baseline = 16 * (50 * 0.001 + 0.0005 + 4e-6 + 50 * 1e-4) + 0.004 + 0.1 + 2 * 0.0012 + 0.0024 + 0.3;
        double student = baseline + (16 * 50 + 100) * (1e-6 + 12 * 1e-7);
        double latencies = 3 * 1.5;
        // the baseline's evaluation and latency come first; then the student ends, whose evaluation has both slots
        double evaluation = 0.1 + 100 * (0.0001 + 1e-4 + 1e-6 + 12 * 1e-7);
        double besides = 0.1 + 200 * (0.0001 + 1e-4 + 1e-6 + 12 * 1e-7);
        assertThat(students.total()).isBetween(latencies + student + evaluation, latencies + student + besides);
    }

    @Test
    void replicasThatAreAveragedTakeTheirPartOfEachBatch() {
        ScalingModel averaging = new ScalingModel(SmallWorkload.averaging(Optional.empty()), SmallWorkload.constants());
        Stage teacher = stage(averaging.predict(Cluster.local(2, 3)), "train teacher");
        // 2 epochs of 8 rounds of 2 steps, of which each replica takes 25 rows and opens 1.5 shards
        assertThat(teacher.seconds().get(Term.COMPUTE)).isEqualTo(32 * (25 * 0.015 + 0.002), EXACT);
        assertThat(teacher.seconds().get(Term.READ)).isEqualTo(16 * (50 * 6e-5 + 150 * 4e-5), EXACT);
        assertThat(teacher.seconds().get(Term.LAUNCH)).isEqualTo(16 * 0.11, EXACT);
        assertThat(teacher.seconds().get(Term.BROADCAST)).isEqualTo(16 * 12_000 * 2e-6, EXACT);
        assertThat(teacher.seconds().get(Term.EXCHANGE)).isEqualTo(16 * 2 * 12_000 * 3e-6, EXACT);
    }

    @Test
    void manyStatesAreAveragedInGroups() {
        // 100 replicas on 100 machines, 4 steps of 25 rows each in each of 2 epochs, averaged after each: groups of
        // 32, then the driver the means of 4 groups
        Workload many = SmallWorkload.averaging(Optional.empty()).withTrainingSamples(10_000, 100);
        ScalingModel hundred = new ScalingModel(many, SmallWorkload.constants());
        Stage teacher = stage(hundred.predict(new Cluster(100, 100, 2, 1e7, 3)), "train teacher");
        assertThat(teacher.seconds().get(Term.EXCHANGE)).isEqualTo(8 * (32 + 4) * 12_000 * (3e-6 + 1e-7), EXACT);
    }

    @Test
    void moreReplicasThanSlotsTakeTurns() {
        ScalingModel fixed = new ScalingModel(SmallWorkload.averaging(Optional.of(4)), SmallWorkload.constants());
        Stage teacher = stage(fixed.predict(Cluster.local(2, 3)), "train teacher");
        // 8 steps of 4 times 25 rows in each of 2 epochs, in 2 waves
        assertThat(teacher.seconds().get(Term.COMPUTE)).isEqualTo(2 * 8 * 2 * (25 * 0.015 + 0.002), EXACT);
    }

    @Test
    void dl4jsReplicasTakeWholeBatches() {
        Workload work =
                SmallWorkload.of(List.of(SmallWorkload.TEACHER), new SparkMasterTrainer.Settings(Optional.empty(), 2));
        Stage teacher =
                stage(new ScalingModel(work, SmallWorkload.constants()).predict(Cluster.local(2, 3)), "train teacher");
        // 2 epochs of 8 batches for each of the two, averaged after each 2
        assertThat(teacher.seconds().get(Term.COMPUTE)).isEqualTo(2 * 8 * (50 * 0.015 + 0.002), EXACT);
        assertThat(teacher.seconds().get(Term.LAUNCH)).isEqualTo(2 * 4 * 0.11, EXACT);
    }

    @Test
    void labellingIsALastWaveThatMayBeHalfEmpty() {
        // 10 files on 4 slots are 3 waves
        Stage label = stage(model.predict(new Cluster(4, 4, 2, Double.POSITIVE_INFINITY, 3)), "label");
        assertThat(label.seconds().get(Term.COMPUTE)).isEqualTo(3 * 100 * 0.003, EXACT);
        // 10 tasks start within those 0.9 seconds
        assertThat(label.seconds().get(Term.LAUNCH)).isEqualTo(0.2, EXACT);
    }

    @Test
    void anEnsembleLabelsWithEachOfItsNetworksAndGenerationsLabelToo() {
        Workload one = SmallWorkload.synchronous();
        Map<String, NetworkSize> networks = Map.of(
                "teacher member 1", one.networks().get("teacher"),
                "teacher member 2", one.networks().get("student s"),
                "student s", one.networks().get("student s"));
        Workload several = new Workload(
                one.train(),
                one.test(),
                List.of(
                        new LabelPass(List.of("teacher member 1"), 2),
                        new LabelPass(List.of("teacher member 1", "teacher member 2"), 1)),
                List.of(),
                one.labels(),
                networks,
                List.of(),
                SmallWorkload.SYNCHRONOUS);
        Constants constants = SmallWorkload.constants();
        Constants named = new Constants(
                constants.cpu(),
                constants.cores(),
                constants.load(),
                constants.start(),
                constants.job(),
                constants.task(),
                constants.encode(),
                constants.average(),
                constants.add(),
                constants.source(),
                constants.open(),
                constants.view(),
                constants.label(),
                constants.labelByte(),
                constants.latency(),
                Map.of(),
                Map.of(),
                Map.of(
                        "teacher member 1", new PerSample(0.002, 0.003),
                        "teacher member 2", new PerSample(0.0001, 0.0001)),
                Map.of());
        assertThat(several.labelFiles()).isEqualTo(8 * 2 + 2 + 8 + 2);
        Prediction prediction = new ScalingModel(several, named).predict(Cluster.local(1, 3));
        // 2 views of 800 samples and 200 held out by the first alone, then 800 and 200 by both; read each time once
        assertThat(stage(prediction, "label").seconds().get(Term.COMPUTE))
                .isEqualTo(1800 * 0.002 + 1000 * (0.002 + 0.0001), EXACT);
        assertThat(stage(prediction, "label").seconds().get(Term.READ)).isEqualTo(2800 * 1e-4, EXACT);
        // both are evaluated beside the ensemble, and their latencies measured
        assertThat(stage(prediction, "evaluate").seconds().get(Term.COMPUTE)).isEqualTo(200 * (0.002 + 0.0001), EXACT);
        assertThat(stage(prediction, "evaluate").seconds().get(Term.FIXED)).isEqualTo(2 * 1.5, EXACT);
    }

    @Test
    void aDriverThatStartsTasksTooSlowlyIsSeen() {
        Workload many = SmallWorkload.synchronous().withTrainingSamples(10_000_000, 1);
        Stage label = stage(
                new ScalingModel(many, SmallWorkload.constants())
                        .predict(new Cluster(1 << 20, 1 << 20, 2, Double.POSITIVE_INFINITY, 3)),
                "label");
        assertThat(label.seconds().get(Term.LAUNCH) + label.seconds().get(Term.COMPUTE))
                .isGreaterThan(0.5 * 10_000_000 * 0.01);
    }

    @Test
    void aBroadcastDoublesWhoHasIt() {
        assertThat(Cluster.local(2, 0).hops()).isZero();
        assertThat(new Cluster(1, 1, 1, 1, 0).hops()).isEqualTo(1);
        assertThat(new Cluster(3, 3, 1, 1, 0).hops()).isEqualTo(2);
        assertThat(new Cluster(1000, 1000, 1, 1, 0).hops()).isEqualTo(10);
    }

    @Test
    void tapsCostAPassOfTheTeacherAndTheirBytes() {
        Workload without = SmallWorkload.synchronous();
        Training learning = new Training("s seed 1", "student s", Optional.empty(), 1, 50, 1, 200, true, 100);
        Workload with = new Workload(
                without.train(),
                without.test(),
                without.passes(),
                List.of(new TapPass(List.of("s"), "a node", 108, 2)),
                without.labels(),
                without.networks(),
                List.of(SmallWorkload.TEACHER, learning, SmallWorkload.BASELINE),
                SmallWorkload.SYNCHRONOUS);
        Cluster local = Cluster.local(1, 3);
        Prediction before = model.predict(local);
        Prediction after = new ScalingModel(with, SmallWorkload.constants()).predict(local);
        // 800 training samples in 2 views, asked for and stored; they are read for the logits
        Map<Term, Double> plain = stage(before, "label").seconds();
        Map<Term, Double> tapped = stage(after, "label").seconds();
        assertThat(tapped.get(Term.COMPUTE) - plain.get(Term.COMPUTE)).isEqualTo(1600 * 0.002, EXACT);
        assertThat(tapped.get(Term.READ)).isEqualTo(plain.get(Term.READ), EXACT);
        assertThat(tapped.get(Term.LABELS) - plain.get(Term.LABELS)).isEqualTo(1600 * (1e-6 + 108 * 1e-7), EXACT);
        // its one job reads those of a shard before the first step, and the others meanwhile
        assertThat(stage(after, "students").total() - stage(before, "students").total())
                .isEqualTo(100 * (1e-6 + 100 * 1e-7), EXACT);
    }
}
