package io.retort.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.scaling.PlanReport.Offer;
import io.retort.scaling.PlanReport.PredictionSection;
import io.retort.scaling.Workload.TapPass;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlanReportTest {
    private static final Offer TEN = new Offer(10, 1, 1, 10, 350_000_000);

    private static PlanReport plan(Workload workload, Offer offer) {
        return PlanReport.of("small", workload, SmallWorkload.constants(), offer);
    }

    @Test
    void showsThisMachineAndThenPowersOfTwo() {
        assertThat(plan(SmallWorkload.of(Optional.empty()), TEN).predictions())
                .extracting(PredictionSection::executors)
                .containsExactly(0, 0, 1, 2, 4, 8, 10);
    }

    @Test
    void tellsTheTruthAboutASmallJob() {
        PlanReport plan = plan(SmallWorkload.of(Optional.empty()), TEN);
        // start 3 s; shards 1.22; teacher 12 of steps, 0.7 to build it and 1.73 of Spark; label 1.75; student 2.44;
        // evaluation 4.74
        PredictionSection fastest = plan.predictions().stream()
                .filter(prediction -> !prediction.isLocal())
                .min(Comparator.comparingDouble(PredictionSection::seconds))
                .orElseThrow();
        assertThat(plan.advice().get(0))
                .isEqualTo("Use local mode: this machine takes 27.6 s with 2 replicas, and " + fastest.executors()
                        + " executors would take " + PlanText.duration(fastest.seconds()) + ", their start included.");
    }

    @Test
    void findsWhereMoreExecutorsStopPaying() {
        Workload large = SmallWorkload.of(Optional.empty()).withTrainingSamples(1_000_000, 1000);
        PlanReport plan = plan(large, TEN);
        assertThat(plan.lastPaying()).isBetween(32, 512);
        assertThat(plan.advice())
                .contains("Beyond " + plan.lastPaying()
                        + " executors more do not pay: twice as many save less than a fifth of the time.")
                .noneMatch(advice -> advice.contains("local mode"));
    }

    @Test
    void warnsOfReplicasWithoutShards() {
        assertThat(plan(SmallWorkload.of(Optional.of(9)), TEN).advice())
                .contains("9 replicas have only 8 shards to share; lower data.samples-per-shard, or use fewer.");
    }

    @Test
    void warnsOfStatesThatTheDriverCannotHold() {
        Workload workload = SmallWorkload.of(Optional.of(3_200_000)).withTrainingSamples(1_000_000_000, 100);
        assertThat(plan(workload, TEN).advice())
                .contains(
                        "The states of 3200000 replicas reach the driver as 100000 means of 1,145 MiB in each round, which it holds at once: it needs"
                                + " spark.driver.maxResultSize=1431m and the heap above, or set trainer.replicas to fewer.");
    }

    @Test
    void readsAsOneWouldSayIt() {
        assertThat(PlanText.duration(0.4243)).isEqualTo("0.42 s");
        assertThat(PlanText.duration(17.3)).isEqualTo("17.3 s");
        assertThat(PlanText.duration(200)).isEqualTo("3 min 20 s");
        assertThat(PlanText.duration(18_420)).isEqualTo("5 h 07 min");
        assertThat(PlanText.duration(1_036_800)).isEqualTo("12.0 days");
        assertThat(PlanText.bytes(3_460_000)).isEqualTo("3.46 MB");
        assertThat(PlanText.bytes(999)).isEqualTo("999 B");
    }

    @Test
    void printsEverySectionOfThePlan() {
        assertThat(PlanText.of(plan(SmallWorkload.of(Optional.empty()), TEN)))
                .startsWith("plan of small; nothing was run\n")
                .contains("training     800 rows in 8 shards, 16.0 kB before compression\n")
                .contains(
                        "soft labels  1 view and the held-out rows, float16: 12 bytes each with the id, 10 files, 12.0 kB\n")
                .contains(
                        "averaging    teacher: 12.0 kB (parameters, statistics, optimiser) to each executor and from each replica\n")
                .contains("measured on  a processor, 2 cores, load 0.50 before; network assumed: 10.0 Gbit/s\n")
                .containsPattern("(?m)^ *local\\[2\\] *\\| ");
    }

    @Test
    void tellsWhatTapsWillStore() {
        Workload without = SmallWorkload.of(Optional.empty());
        Workload with = new Workload(
                without.train(),
                without.test(),
                without.passes(),
                List.of(new TapPass(List.of("a", "b"), "teacher", "block1.relu as [4, 8, 8]", 520, 2)),
                without.labels(),
                without.networks(),
                without.trainings(),
                1,
                Optional.empty());
        assertThat(PlanText.of(plan(with, TEN)))
                .contains(
                        "taps         a, b: block1.relu as [4, 8, 8], float16, 2 views: 520 bytes each with the id, 832 kB\n");
        assertThat(PlanText.of(plan(without, TEN))).doesNotContain("taps");
    }
}
