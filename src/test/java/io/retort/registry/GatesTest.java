package io.retort.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.evaluate.ContingencyTable;
import io.retort.registry.Drift.FeatureShift;
import io.retort.registry.GateSettings.Accuracy;
import io.retort.registry.GateSettings.Agreement;
import io.retort.registry.GateSettings.Bytes;
import io.retort.registry.GateSettings.Calibration;
import io.retort.registry.GateSettings.Latency;
import io.retort.registry.GateSettings.Required;
import io.retort.registry.ModelCard.Scores;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class GatesTest {
    private static final Scores GOOD = new Scores(0.89, 0.91, 0.03, 40_000, 0.10);
    private static final ContingencyTable EVEN = new ContingencyTable(850, 40, 40, 70);

    private static GateSettings settings(Required required) {
        return new GateSettings(
                new Accuracy(0.002, 0.5, 0.1, 0.05, required),
                new GateSettings.Classes(1, 0, 0, 1),
                new Calibration(0.02, 0.2),
                new Agreement(0.02, 0.3),
                new Bytes(1.1, Optional.of(100_000L)),
                new Latency(1.5, Optional.empty()),
                new GateSettings.Data(0.1, 1));
    }

    private static List<String> refusals(GateSettings settings, Gates.Input trial) {
        return new Gates(settings, "accuracy")
                .judge(trial).stream()
                        .filter(gate -> !gate.passed())
                        .map(Gate::sentence)
                        .toList();
    }

    private static Gates.Input first(Scores challenger) {
        return new Gates.Input(challenger, 0.94, 0.1, Optional.empty(), Drift.none());
    }

    private static Gates.Input against(Scores champion, ContingencyTable pairs, Scores challenger) {
        return new Gates.Input(
                challenger,
                0.94,
                0.1,
                Optional.of(new Gates.Input.Champion(
                        4, champion, champion.accuracy(), pairs, Math.max(0.895, champion.accuracy()))),
                Drift.none());
    }

    @Test
    void thatThereAreWithoutAChampionAreAbsolute() {
        assertThat(new Gates(settings(Required.NOT_WORSE), "accuracy").judge(first(GOOD)))
                .extracting(Gate::name)
                .containsExactly("accuracy floor", "accuracy by teacher", "calibration error", "agreement", "bytes");
        assertThat(refusals(settings(Required.NOT_WORSE), first(GOOD))).isEmpty();
    }

    @Test
    void refuseABadFirstChallengerAndSayWhy() {
        Scores bad = new Scores(0.11, 0.2, 0.5, 200_000, 9);
        assertThat(refusals(settings(Required.NOT_WORSE), first(bad)))
                .containsExactly(
                        "accuracy floor was 0.1100, must be at least 0.5000 (floor)",
                        "accuracy by teacher was 0.1100, must be at least 0.8400 (teacher has 0.9400; gap 0.1000)",
                        "calibration error was 0.5000, must be at most 0.2000 (most)",
                        "agreement was 0.2000, must be at least 0.3000 (floor)",
                        "bytes was 200000, must be at most 100000 (most)");
    }

    @Test
    void refuseWhatAConstantAnswerReaches() {
        Gates.Input trial = new Gates.Input(new Scores(0.59, 0.9, 0, 1, 1), 0.6, 0.6, Optional.empty(), Drift.none());
        assertThat(refusals(settings(Required.NOT_WORSE), trial))
                .containsExactly(
                        "accuracy floor was 0.5900, must be at least 0.6000 (the share of the most frequent class)");
    }

    @Test
    void refuseAChallengerThatIsWorseThanTheChampionAndSayWhy() {
        Scores worse = new Scores(0.88, 0.88, 0.06, 44_001, 0.16);
        // 60 to 30: P(X >= 60 of 90) = 0.0010
        assertThat(refusals(settings(Required.NOT_WORSE), against(GOOD, new ContingencyTable(830, 30, 60, 80), worse)))
                .containsExactly(
                        "accuracy by champion was 0.8800, must be at least 0.8930 (champion 4 has 0.8900, the best"
                                + " champion had 0.8950; margin 0.0020)",
                        "mcnemar p of no loss was 0.0010, must be at least 0.0500 (of 90 rows on which they differ"
                                + " in being right, the challenger wins 30)",
                        "calibration error was 0.0600, must be at most 0.0500 (champion has 0.0300; margin 0.0200)",
                        "agreement was 0.8800, must be at least 0.8900 (champion has 0.9100; margin 0.0200)",
                        "bytes was 44001, must be at most 44000 (champion has 40000; growth 1.1000)",
                        "latency ms was 0.1600, must be at most 0.1500 (champion has 0.1000; growth 1.5000)");
    }

    @Test
    void doNotTakeNoiseForAWin() {
        Scores slightlyBetter = new Scores(0.897, 0.91, 0.03, 40_000, 0.10);
        ContingencyTable noise = new ContingencyTable(850, 47, 40, 63);
        assertThat(refusals(settings(Required.NOT_WORSE), against(GOOD, noise, slightlyBetter)))
                .isEmpty();
        assertThat(refusals(settings(Required.BETTER), against(GOOD, noise, slightlyBetter)))
                .singleElement()
                .asString()
                .startsWith("mcnemar p of no gain was 0.2")
                .endsWith("must be at most 0.0500 (of 87 rows on which they differ in being right, the challenger"
                        + " wins 47)");
        ContingencyTable win = new ContingencyTable(850, 60, 30, 60);
        assertThat(refusals(settings(Required.BETTER), against(GOOD, win, slightlyBetter)))
                .isEmpty();
    }

    /** 0.92 − 0.10, 0.9 − 0.02 and so on are not what their decimals are; nor is 30 times 1.1. */
    @Test
    void passWhatIsOnTheThreshold() {
        GateSettings settings = new GateSettings(
                new Accuracy(0.02, 0.5, 0.1, 0.05, Required.NOT_WORSE),
                new GateSettings.Classes(1, 0, 0, 1),
                new Calibration(0.2, 0.9),
                new Agreement(0.1, 0.3),
                new Bytes(1.15, Optional.empty()),
                new Latency(1.1, Optional.empty()),
                new GateSettings.Data(0.16, 1));
        Scores champion = new Scores(0.84, 0.92, 0.1, 100, 0.3);
        Scores on = new Scores(0.82, 0.82, 0.3, 115, 0.33);
        ContingencyTable pairs = new ContingencyTable(80, 2, 4, 14);
        Optional<Gates.Input.Champion> there = Optional.of(new Gates.Input.Champion(1, champion, 1.0, pairs, 0.84));
        Gates.Input trial = new Gates.Input(on, 0.92, 0.1, there, shifted("a", 1.03, 10_000));
        assertThat(refusals(settings, trial)).isEmpty();

        Scores past = new Scores(0.81, 0.81, 0.301, 116, 0.331);
        Gates.Input worse = new Gates.Input(past, 0.92, 0.1, there, shifted("a", 1.04, 10_000));
        assertThat(refusals(settings, worse))
                .extracting(sentence -> sentence.substring(0, sentence.indexOf(" was")))
                .containsExactly(
                        "accuracy by teacher",
                        "accuracy by champion",
                        "calibration error",
                        "agreement",
                        "bytes",
                        "latency ms",
                        "feature shift");
    }

    private static Drift shifted(String feature, double shift, long samples) {
        return new Drift(
                1,
                samples,
                0,
                0,
                0,
                List.of(new FeatureShift(feature, shift), new FeatureShift("b", 0.5)),
                OptionalDouble.empty());
    }

    /** Columns in another order, or a unit that has changed: the champion falls, whatever the challenger reaches. */
    @Test
    void refuseANightOnWhoseRowsTheChampionFallsBelowItsCard() {
        Gates.Input trial = new Gates.Input(
                GOOD,
                0.94,
                0.1,
                Optional.of(new Gates.Input.Champion(
                        3,
                        new Scores(0.475, 0.5, 0.03, 40_000, 0.10),
                        0.985,
                        new ContingencyTable(400, 400, 50, 150),
                        0.475)),
                Drift.none());
        assertThat(refusals(settings(Required.NOT_WORSE), trial))
                .containsExactly(
                        "champion by its card was 0.4750, must be at least 0.8850 (champion 3 had 0.9850 when it was"
                                + " published; fall 0.1000; where it is below, look at the data)");
    }

    @Test
    void refuseRowsWhoseFeaturesHaveMoved() {
        Gates.Input trial = new Gates.Input(GOOD, 0.94, 0.1, Optional.empty(), shifted("age", 4.2, 100));
        assertThat(refusals(settings(Required.NOT_WORSE), trial))
                .containsExactly(
                        "feature shift was 4.2000, must be at most 1.3000 (deviations, 1 and 3/√n for n = 100 new rows;"
                                + " farthest are age 4.2000, b 0.5000)");
        Gates.Input few = new Gates.Input(GOOD, 0.94, 0.1, Optional.empty(), shifted("age", 2.5, 4));
        assertThat(refusals(settings(Required.NOT_WORSE), few))
                .as("the mean of 4 rows may be that far by chance")
                .isEmpty();
    }

    @Test
    void passNothingThatIsNotANumber() {
        Scores broken = new Scores(Double.NaN, Double.NaN, Double.NaN, 40_000, Double.NaN);
        assertThat(new Gates(settings(Required.NOT_WORSE), "accuracy").judge(against(GOOD, EVEN, broken)))
                .filteredOn(gate -> !gate.passed())
                .extracting(Gate::name)
                .containsExactly(
                        "accuracy floor",
                        "accuracy by teacher",
                        "accuracy by champion",
                        "calibration error",
                        "agreement",
                        "latency ms");
    }

    @Test
    void settingsRefuseWhatCannotBe() {
        assertThatThrownBy(() -> new Accuracy(-0.1, 0, 0.1, 0.05, Required.BETTER))
                .hasMessage("margin must be in [0, 1], was -0.1");
        assertThatThrownBy(() -> new Accuracy(0.1, 0, 0.1, 0.6, Required.BETTER))
                .hasMessage("significance must be in (0, 0.5], was 0.6");
        assertThatThrownBy(() -> new Bytes(0.9, Optional.empty()))
                .hasMessage("growth must be in [1, 1000], was 0.9; 1 allows no more than the champion has");
        assertThatThrownBy(() -> new Latency(1, Optional.of(0.0))).hasMessage("most must be > 0 ms, was 0.0");
    }
}
