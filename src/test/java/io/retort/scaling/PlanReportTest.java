package io.retort.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.report.Amounts;
import io.retort.scaling.PlanReport.Offer;
import io.retort.scaling.PlanReport.PredictionSection;
import io.retort.scaling.Rates.PerRow;
import io.retort.scaling.Workload.TapPass;
import io.retort.scaling.Workload.Training;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlanReportTest {
    private static final Offer TEN = new Offer(10, 1, 1, 10, 350_000_000);

    private static PlanReport plan(Workload workload, Offer offer) {
        return PlanReport.of("small", workload, SmallWorkload.rates(), EarlierTimes.none(), offer);
    }

    @Test
    void showsThisMachineAndThenPowersOfTwo() {
        assertThat(plan(SmallWorkload.synchronous(), TEN).predictions())
                .extracting(PredictionSection::executors)
                .containsExactly(0, 0, 1, 2, 4, 8, 10);
    }

    @Test
    void tellsTheTruthAboutASmallJob() {
        PlanReport plan = plan(SmallWorkload.synchronous(), TEN);
        PredictionSection fastest = plan.predictions().stream()
                .filter(prediction -> !prediction.isLocal())
                .min(Comparator.comparingDouble(PredictionSection::seconds))
                .orElseThrow();
        PredictionSection local = plan.predictions().get(1);
        assertThat(local.isLocal()).isTrue();
        assertThat(plan.advice().get(0))
                .isEqualTo("Use local mode: this machine takes " + Amounts.duration(local.seconds())
                        + " with 2 slots, and " + fastest.executors() + " executors would take "
                        + Amounts.duration(fastest.seconds()) + ", their start included.");
    }

    @Test
    void theCompilerWorksInEachJvmOnTheCoresThatItHas() {
        // 3 s of a local run's start, and 4 s of the compiler; 8 s more for executors
        assertThat(starts(new Offer(2, 1, 1, 10, 0))).containsExactly(3 + 4.0, 3 + 4.0 / 2, 11 + 4.0, 11 + 4.0);
        assertThat(starts(new Offer(1, 2, 2, 10, 0))).containsExactly(3 + 4.0 / 2, 11 + 4.0 / 4);
    }

    private static List<Double> starts(Offer offer) {
        return plan(SmallWorkload.synchronous(), offer).predictions().stream()
                .map(prediction -> prediction.stages().get("start"))
                .toList();
    }

    @Test
    void findsWhereMoreExecutorsStopPaying() {
        Workload large = SmallWorkload.averaging(Optional.empty()).withTrainingSamples(1_000_000, 1000);
        PlanReport plan = plan(large, TEN);
        assertThat(plan.lastPaying()).isBetween(8, 512);
        assertThat(plan.advice())
                .contains("Beyond " + plan.lastPaying()
                        + " executors more do not pay: twice as many save less than a fifth of the time.")
                .noneMatch(advice -> advice.contains("local mode"));
    }

    @Test
    void twoMicroBatchesKeepTwoExecutorsBusyWhateverTheNumberOfSamples() {
        Workload large = SmallWorkload.synchronous().withTrainingSamples(1_000_000, 1000);
        PlanReport plan = plan(large, TEN);
        assertThat(plan.lastPaying()).isEqualTo(2);
        assertThat(plan.advice().get(0)).startsWith("Use local mode: this machine takes");
    }

    @Test
    void aDoublingThatPaysCountsEvenAfterOneThatDoesNot() {
        // a second slot of a machine hinders the first, a third and a fourth are on another
        Training eight =
                new Training("teacher", "teacher", Optional.empty(), 800, 2, 200, 8, 2000, false, 0, Optional.empty());
        Workload large =
                SmallWorkload.of(List.of(eight), SmallWorkload.SYNCHRONOUS).withTrainingSamples(1_000_000, 1000);
        Rates rates = SmallWorkload.rates(new PerRow(0.01, 0.02));
        PlanReport plan = PlanReport.of("small", large, rates, EarlierTimes.none(), TEN);
        assertThat(plan.lastPaying()).isEqualTo(8);
    }

    @Test
    void tellsOfSlotsThatAreNotUsed() {
        assertThat(plan(SmallWorkload.synchronous(), TEN).advice())
                .contains(
                        "2 of 10 slots are used for teacher: a batch of 50 rows has 2 micro-batches of 25; more would need a"
                                + " larger batch-size or a smaller trainer.micro-batch, see docs/SCALING.md.",
                        "2 of 10 slots are used for the 2 trainings of students together: a batch of 50 rows has at most 1"
                                + " micro-batch of 50; more would need a larger batch-size or a smaller trainer.micro-batch, see"
                                + " docs/SCALING.md.");
        assertThat(plan(SmallWorkload.synchronous(), new Offer(2, 1, 1, 10, 0)).advice())
                .noneMatch(advice -> advice.contains("are used"));
    }

    @Test
    void warnsOfReplicasThatCostAccuracy() {
        String warning =
                "10 replicas that train on their own and are averaged cost accuracy, see docs/SCALING.md; trainer ="
                        + " synchronous costs none.";
        assertThat(plan(SmallWorkload.averaging(Optional.empty()), TEN).advice())
                .contains(warning);
        assertThat(plan(SmallWorkload.averaging(Optional.of(4)), TEN).advice())
                .noneMatch(advice -> advice.contains("accuracy"));
    }

    @Test
    void warnsOfStatesThatTheDriverCannotHold() {
        Workload workload = SmallWorkload.averaging(Optional.of(3_200_000)).withTrainingSamples(1_000_000_000, 100);
        assertThat(plan(workload, TEN).advice())
                .contains(
                        "States of 3,200,000 replicas reach the driver as 1,145 MiB in each job, which it holds at once: it needs"
                                + " spark.driver.maxResultSize=1431m and the heap above, or set trainer.replicas to fewer.");
    }

    @Test
    void printsEverySectionOfThePlan() {
        assertThat(PlanText.of(plan(SmallWorkload.synchronous(), TEN)))
                .startsWith("plan of small; nothing was run\n")
                .contains("training     800 rows in 8 shards, 15.6 KiB before compression\n")
                .contains(
                        "soft labels  1 view and the held-out rows, float16: 12 bytes each with the id, 10 files, 11.7 KiB\n")
                .contains(
                        "batches      teacher: 50 rows = 2 micro-batches of 25; slots at work: 1 on 1, 2 on 2 and more executors; state 11.7 KiB, a step's memory 174.6 KiB in each slot\n")
                .contains(
                        "batches      s seed 1 and 1 more: 50 rows = 1 micro-batch of 50; slots at work: 1 on 1 and more executors; state")
                .contains("result       the same student on any number of executors, and of slots\n")
                .contains("probed on    a processor, 2 cores; network assumed: 10.0 Gbit/s\n")
                .contains("times        " + PlanReport.UNCERTAINTY + "\n")
                .doesNotContain("earlier run")
                .containsPattern("(?m)^ *local\\[2\\] *\\| ");
    }

    @Test
    void showsTheRowsOfNetworksThatLearnFromFewer() {
        Workload fewer = SmallWorkload.of(
                List.of(SmallWorkload.TEACHER, SmallWorkload.STUDENT.with(600)), SmallWorkload.SYNCHRONOUS);
        assertThat(PlanText.of(plan(fewer, TEN)))
                .contains("batches      teacher: 50 rows = ")
                .contains("batches      s seed 1: 600 rows an epoch, 50 rows = ");
        assertThat(plan(fewer, TEN).trainings())
                .extracting(PlanReport.TrainingSection::rows)
                .containsExactly(800L, 600L);
    }

    @Test
    void saysWhichTimesAnEarlierRunGave() {
        EarlierTimes earlier = new EarlierTimes("2026-01-02T03-04-05", 0.004, Map.of("teacher", 0.02));
        assertThat(PlanText.of(
                        PlanReport.of("small", SmallWorkload.synchronous(), SmallWorkload.rates(), earlier, TEN)))
                .contains("earlier run  2026-01-02T03-04-05 gives the times of labelling and 1 training\n");
    }

    @Test
    void tellsWhatTapsWillStore() {
        Workload without = SmallWorkload.synchronous();
        Workload with = new Workload(
                without.train(),
                without.test(),
                without.passes(),
                List.of(new TapPass(List.of("a", "b"), "block1.relu as [4, 8, 8]", 520, 2)),
                without.labels(),
                without.networks(),
                without.trainings(),
                without.trainer());
        assertThat(PlanText.of(plan(with, TEN)))
                .contains(
                        "taps         a, b: block1.relu as [4, 8, 8], float16, 2 views: 520 bytes each with the id, 812.5 KiB\n");
        assertThat(PlanText.of(plan(without, TEN))).doesNotContain("taps");
    }
}
