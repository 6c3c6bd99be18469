package io.retort.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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

    private final ScalingModel model = new ScalingModel(SmallWorkload.of(Optional.empty()), SmallWorkload.constants());

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
                .containsExactly("start", "shard", "train teacher", "label", "train s", "evaluate");
    }

    @Test
    void oneReplicaTakesAllRoundsAlone() {
        Stage teacher = stage(model.predict(Cluster.local(1, 3)), "train teacher");
        // 2 epochs of 8 rounds of 100 samples
        assertThat(teacher.seconds().get(Term.COMPUTE)).isEqualTo(16 * 100 * 0.01, EXACT);
        assertThat(teacher.seconds().get(Term.READ)).isEqualTo(16 * 100 * 1e-4, EXACT);
        assertThat(teacher.seconds().get(Term.LAUNCH)).isEqualTo(16 * 0.1, EXACT);
        assertThat(teacher.seconds().get(Term.FIXED)).isEqualTo(0.7, EXACT);
        // a state of 4 · (1000 + 2000) bytes, written once and read once; no network
        assertThat(teacher.seconds().get(Term.BROADCAST)).isEqualTo(16 * 12_000 * 2e-6, EXACT);
        assertThat(teacher.seconds().get(Term.AVERAGE)).isEqualTo(16 * 12_000 * 3e-6, EXACT);
        assertThat(teacher.seconds()).doesNotContainKey(Term.LABELS);
    }

    @Test
    void twoReplicasOfOneMachineHinderEachOther() {
        Stage teacher = stage(model.predict(Cluster.local(2, 3)), "train teacher");
        assertThat(teacher.seconds().get(Term.COMPUTE)).isEqualTo(8 * 100 * 0.015, EXACT);
        assertThat(teacher.seconds().get(Term.LAUNCH)).isEqualTo(8 * 0.11, EXACT);
        assertThat(teacher.seconds().get(Term.AVERAGE)).isEqualTo(8 * 2 * 12_000 * 3e-6, EXACT);
    }

    @Test
    void theLastRoundHasWhatIsLeft() {
        // 3 replicas on 2 machines of 2 cores: rounds of 3, 3 and 2 shards, 10 bytes a microsecond
        Stage teacher = stage(model.predict(new Cluster(3, 3, 2, 1e7, 3)), "train teacher");
        assertThat(teacher.seconds().get(Term.COMPUTE)).isEqualTo(2 * 3 * 100 * 0.015, EXACT);
        assertThat(teacher.seconds().get(Term.LAUNCH)).isEqualTo(2 * (0.12 + 0.12 + 0.11), EXACT);
        double sent = 2 * 12_000 / 1e7; // one executor, which passes it on to the two others
        assertThat(teacher.seconds().get(Term.BROADCAST)).isEqualTo(6 * (12_000 * 2e-6 + sent), EXACT);
        assertThat(teacher.seconds().get(Term.AVERAGE)).isEqualTo(2 * (3 + 3 + 2) * 12_000 * (3e-6 + 1e-7), EXACT);
    }

    @Test
    void manyStatesAreAveragedInGroups() {
        // 100 replicas on 100 machines, a round in each of 2 epochs: groups of 32, then the driver the means of 4
        // groups
        Workload many = SmallWorkload.of(Optional.empty()).withTrainingSamples(10_000, 100);
        ScalingModel hundred = new ScalingModel(many, SmallWorkload.constants());
        Cluster cluster = new Cluster(100, 100, 2, 1e7, 3);
        Stage teacher = stage(hundred.predict(cluster), "train teacher");
        assertThat(teacher.seconds().get(Term.AVERAGE)).isEqualTo(2 * (32 + 4) * 12_000 * (3e-6 + 1e-7), EXACT);
        assertThat(hundred.bytesUp(SmallWorkload.TEACHER, cluster)).isEqualTo(4 * 12_000);
    }

    @Test
    void whoeverIsTaughtReadsSoftLabelsAndABaselineDoesNot() {
        Stage student = stage(model.predict(Cluster.local(1, 3)), "train s");
        assertThat(student.seconds().get(Term.COMPUTE)).isEqualTo(2 * 800 * 0.001, EXACT);
        assertThat(student.seconds().get(Term.LABELS)).isEqualTo(800 * (1e-6 + 12 * 1e-7), EXACT);
    }

    @Test
    void moreReplicasThanSlotsTakeTurns() {
        ScalingModel fixed = new ScalingModel(SmallWorkload.of(Optional.of(4)), SmallWorkload.constants());
        Stage teacher = stage(fixed.predict(Cluster.local(2, 3)), "train teacher");
        assertThat(teacher.seconds().get(Term.COMPUTE)).isEqualTo(2 * 2 * 2 * 100 * 0.015, EXACT);
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
        Workload one = SmallWorkload.of(Optional.empty());
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
                1,
                Optional.empty());
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
                constants.source(),
                constants.read(),
                constants.label(),
                constants.labelByte(),
                constants.latency(),
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
        Workload many = SmallWorkload.of(Optional.empty()).withTrainingSamples(10_000_000, 1);
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
        Workload without = SmallWorkload.of(Optional.empty());
        Training learning = new Training("s seed 1", "student s", 1, 50, 200, true, 100);
        Workload with = new Workload(
                without.train(),
                without.test(),
                without.passes(),
                List.of(new TapPass(List.of("s"), "teacher", "a node", 108, 2)),
                without.labels(),
                without.networks(),
                List.of(SmallWorkload.TEACHER, learning, SmallWorkload.BASELINE),
                1,
                Optional.empty());
        Cluster local = Cluster.local(1, 3);
        Prediction before = model.predict(local);
        Prediction after = new ScalingModel(with, SmallWorkload.constants()).predict(local);
        // 800 training samples in 2 views, read, asked for, and stored
        Stage taps = stage(after, "label taps");
        assertThat(taps.seconds().get(Term.COMPUTE)).isEqualTo(1600 * 0.002, EXACT);
        assertThat(taps.seconds().get(Term.READ)).isEqualTo(1600 * 1e-4, EXACT);
        assertThat(taps.seconds().get(Term.LABELS)).isEqualTo(1600 * (1e-6 + 108 * 1e-7), EXACT);
        // one epoch of 800 samples reads them
        assertThat(stage(after, "train s").total() - stage(before, "train s").total())
                .isEqualTo(800 * (1e-6 + 100 * 1e-7), within(1e-9));
    }
}
