package io.retort.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class ScoreCountsTest {
    /** {@code roc_auc_score} of scikit-learn, of the same numbers. */
    @Test
    void giveTheAreaThatScikitLearnGives() {
        IntUnaryOperator mixed = i -> i * 7919 % 1009;
        assertThat(area(2000, mixed, i -> i * 31 % 7 < 2 ? 1 : 0)).isCloseTo(0.5016030217204541, within(1e-15));
        assertThat(area(2000, mixed, i -> i * 7919 % 1009 + i * 37 % 500 > 900 ? 1 : 0))
                .isCloseTo(0.9558458938341751, within(1e-15));
        // Five different scores, so most pairs are ties.
        assertThat(area(2000, i -> i * 7919 % 5, i -> i * 7919 % 5 + i * 13 % 7 > 6 ? 1 : 0))
                .isCloseTo(0.7806017511899864, within(1e-15));
    }

    @Test
    void areCountedOverAllPairs() {
        // Scores of class 0: 1, 2, 2; of class 1: 2, 3. Of 6 pairs 4 are won and 2 are ties.
        assertThat(of(new float[] {1, 2, 2, 2, 3}, new int[] {0, 0, 0, 1, 1}, ScoreCounts.MAX_SCORES)
                        .areaUnderRoc()
                        .orElseThrow())
                .isEqualTo((4 + 2 / 2.0) / 6);
        assertThat(of(new float[] {-0f, 0f}, new int[] {1, 0}, 8).areaUnderRoc().orElseThrow())
                .isEqualTo(0.5);
        assertThat(of(new float[] {-3e38f, -1e-40f, 2e-40f, 3e38f}, new int[] {0, 0, 1, 1}, 8)
                        .areaUnderRoc()
                        .orElseThrow())
                .isEqualTo(1);
    }

    /** {@code average_precision_score} of scikit-learn, of the same numbers. */
    @Test
    void giveTheAveragePrecisionThatScikitLearnGives() {
        assertThat(counts(2000, i -> i * 7919 % 1009, i -> i * 7919 % 1009 + i * 37 % 500 > 900 ? 1 : 0)
                        .averagePrecision()
                        .orElseThrow())
                .isCloseTo(0.9229825405375687, within(1e-14));
        assertThat(counts(2000, i -> i * 7919 % 5, i -> i * 7919 % 5 + i * 13 % 7 > 6 ? 1 : 0)
                        .averagePrecision()
                        .orElseThrow())
                .isCloseTo(0.5010839160839161, within(1e-14));
        assertThat(new ScoreCounts().averagePrecision()).isEmpty();
    }

    @Test
    void haveNoAreaWhereAClassHasNoSample() {
        assertThat(of(new float[] {1, 2}, new int[] {1, 1}, 8).areaUnderRoc()).isEmpty();
        assertThat(new ScoreCounts().areaUnderRoc()).isEmpty();
    }

    @Test
    void areTheSameHoweverTheyAreDealtOutAndCloseWhereThereAreTooMany() {
        Random random = new Random(5);
        int samples = 20_000;
        float[] scores = new float[samples];
        int[] labels = new int[samples];
        for (int i = 0; i < samples; i++) {
            labels[i] = random.nextInt(10) == 0 ? 1 : 0;
            scores[i] = (float) (random.nextGaussian() + 1.2 * labels[i]);
        }
        double exact = of(scores, labels, samples).areaUnderRoc().orElseThrow();
        int most = 1000;
        double coarse = of(scores, labels, most).areaUnderRoc().orElseThrow();
        // At most 1,000 cells: those of the 19,974 scores differ in the first 6 bits of the fraction at least, so a
        // cell is less than 1/64 of its score wide.
        assertThat(coarse).isNotEqualTo(exact).isCloseTo(exact, within(1e-4));
        for (int each : new int[] {1999, 300}) {
            ScoreCounts parts = new ScoreCounts(most);
            for (int to = samples; to > 0; to -= each) {
                int from = Math.max(0, to - each);
                parts.add(of(Arrays.copyOfRange(scores, from, to), Arrays.copyOfRange(labels, from, to), most));
            }
            assertThat(parts.areaUnderRoc().orElseThrow()).isEqualTo(coarse);
        }
    }

    private static double area(int samples, IntUnaryOperator score, IntUnaryOperator label) {
        return counts(samples, score, label).areaUnderRoc().orElseThrow();
    }

    private static ScoreCounts counts(int samples, IntUnaryOperator score, IntUnaryOperator label) {
        float[] scores = new float[samples];
        int[] labels = new int[samples];
        for (int i = 0; i < samples; i++) {
            scores[i] = score.applyAsInt(i) / 100f;
            labels[i] = label.applyAsInt(i);
        }
        return of(scores, labels, ScoreCounts.MAX_SCORES);
    }

    private static ScoreCounts of(float[] scores, int[] labels, int most) {
        float[] logits = new float[2 * scores.length];
        for (int i = 0; i < scores.length; i++) {
            logits[2 * i + 1] = scores[i];
        }
        ScoreCounts counts = new ScoreCounts(most);
        counts.add(ScoreCounts.differences(logits), labels);
        return counts;
    }
}
