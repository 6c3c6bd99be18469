package io.retort.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.retort.report.Comparison.Verdict;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    @Test
    void pairsTheSeeds() {
        // Differences 0.01, 0.02, 0.03: mean 0.02, s = 0.01, t(2) = 4.302653, half width 4.302653 · 0.01 / √3 =
        // 0.0248414.
        Comparison comparison =
                Comparison.of(ScoreUnit.PERCENT, List.of(0.91, 0.93, 0.92), List.of(0.90, 0.91, 0.89), 10_000);
        assertThat(comparison.gain()).isCloseTo(0.02, within(1e-12));
        assertThat(comparison.low()).isCloseTo(0.02 - 0.0248414, within(1e-7));
        assertThat(comparison.high()).isCloseTo(0.02 + 0.0248414, within(1e-7));
        assertThat(comparison.seeds()).isEqualTo(3);
        assertThat(comparison.verdict()).isEqualTo(Verdict.NO_GAIN);
        assertThat(comparison.points()).isEqualTo("+2.00 [-0.48, +4.48]");
    }

    @Test
    void callsAGainWhatAllSeedsAgreeOn() {
        // Differences 0.020, 0.021, 0.022: mean 0.021, s = 0.001, half width 0.00248414.
        List<Double> better = List.of(0.920, 0.921, 0.922);
        List<Double> worse = List.of(0.900, 0.900, 0.900);
        assertThat(Comparison.of(ScoreUnit.PERCENT, better, worse, 10_000).verdict())
                .isEqualTo(Verdict.GAIN);
        assertThat(Comparison.of(ScoreUnit.PERCENT, worse, better, 10_000).verdict())
                .isEqualTo(Verdict.LOSS);
        assertThat(Comparison.of(ScoreUnit.PERCENT, worse, better, 10_000).points())
                .isEqualTo("-2.10 [-2.35, -1.85]");
    }

    @Test
    void twoSeedsNeedAlmostEqualDifferences() {
        // Differences 0.01 and 0.03: mean 0.02, s = 0.0141421, t(1) = 12.7062, half width 0.127062.
        Comparison comparison = Comparison.of(ScoreUnit.PERCENT, List.of(0.91, 0.93), List.of(0.90, 0.90), 10_000);
        assertThat(comparison.high() - comparison.gain()).isCloseTo(0.127062, within(1e-6));
        assertThat(comparison.verdict()).isEqualTo(Verdict.NO_GAIN);
    }

    @Test
    void oneSeedIsJudgedByTheNumberOfTestSamples() {
        // p = 0.9, q = 0.8, m = 400: √((0.09 + 0.16) / 400) = 0.025, half width 1.959964 · 0.025 = 0.0489991.
        Comparison comparison = Comparison.of(ScoreUnit.PERCENT, List.of(0.9), List.of(0.8), 400);
        assertThat(comparison.gain()).isCloseTo(0.1, within(1e-12));
        assertThat(comparison.low()).isCloseTo(0.1 - 0.0489991, within(1e-7));
        assertThat(comparison.high()).isCloseTo(0.1 + 0.0489991, within(1e-7));
        assertThat(comparison.verdict()).isEqualTo(Verdict.GAIN);
        // A sixteenth of the samples makes the interval four times as wide: 0.1959964.
        assertThat(Comparison.of(ScoreUnit.PERCENT, List.of(0.9), List.of(0.8), 25)
                        .verdict())
                .isEqualTo(Verdict.NO_GAIN);
    }

    @Test
    void equalFiguresAreNoGain() {
        assertThat(Comparison.of(ScoreUnit.PERCENT, List.of(1.0), List.of(1.0), 10)
                        .verdict())
                .isEqualTo(Verdict.NO_GAIN);
        assertThat(Comparison.of(ScoreUnit.PERCENT, List.of(0.9, 0.8), List.of(0.9, 0.8), 10)
                        .verdict())
                .isEqualTo(Verdict.NO_GAIN);
        assertThat(Verdict.NO_GAIN).hasToString("no gain");
    }

    @Test
    void refusesWhatCannotBeCompared() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Comparison.of(ScoreUnit.PERCENT, List.of(0.9, 0.8), List.of(0.9), 10))
                .withMessage("student and baseline must have the same seeds, had 2 and 1 accuracies");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Comparison.of(ScoreUnit.PERCENT, List.of(91.0), List.of(0.9), 10))
                .withMessage("accuracies of the student must be in [0, 1], were [91.0]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Comparison.of(ScoreUnit.PERCENT, List.of(), List.of(), 10))
                .withMessage("accuracies of the student must be finite numbers, at least one, were []");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Comparison.of(ScoreUnit.PERCENT, List.of(0.9), List.of(0.9), 0))
                .withMessage("there must be at least 1 test sample, were 0");
    }

    @Test
    void aSpreadIsMeanAndSampleDeviation() {
        // Mean 0.92, deviations −0.01, 0.01, 0: s = √(0.0002 / 2) = 0.01.
        MeanAndDeviation spread = MeanAndDeviation.of(List.of(0.91, 0.93, 0.92));
        assertThat(spread.mean()).isCloseTo(0.92, within(1e-12));
        assertThat(spread.deviation().getAsDouble()).isCloseTo(0.01, within(1e-12));
        assertThat(spread.percent()).isEqualTo("92.00 ± 1.00 %");
        assertThat(MeanAndDeviation.of(List.of(0.9231)))
                .isEqualTo(new MeanAndDeviation(1, 0.9231, OptionalDouble.empty()))
                .extracting(MeanAndDeviation::percent)
                .isEqualTo("92.31 %");
    }

    @Test
    void scoresThatAreNoSharesMayBeBelowZero() {
        // 1.96 · √((4 · 0.5 · 0.5² + 4 · 0.1 · 1.1²) / 1,000)
        Comparison one = Comparison.of(ScoreUnit.PLAIN, List.of(0.5), List.of(-0.1), 1000);
        assertThat(one.gain()).isCloseTo(0.6, within(1e-12));
        assertThat(one.high() - one.gain()).isCloseTo(1.959964 * Math.sqrt(0.984 / 1000), within(1e-6));
        assertThat(ScoreUnit.PLAIN.text(one)).isEqualTo("+0.6000 [+0.5385, +0.6615]");
        assertThat(ScoreUnit.PLAIN.text(-0.1)).isEqualTo("-0.1000");
        assertThat(ScoreUnit.of("macro-f1").text(0.9251)).isEqualTo("92.51 %");
        assertThat(ScoreUnit.of("r2").heading("gain")).isEqualTo("gain");
    }
}
