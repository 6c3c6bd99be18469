package io.retort.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.Labels;
import org.junit.jupiter.api.Test;

class ReliabilityTest {
    /** Of two classes; the logit that gives the first this probability. */
    private static AnsweredRows rows(double[] firsts, int... labels) {
        float[] logits = new float[2 * firsts.length];
        for (int row = 0; row < firsts.length; row++) {
            logits[2 * row] = (float) Math.log(firsts[row] / (1 - firsts[row]));
        }
        return new AnsweredRows(2, logits, logits, Labels.ofClasses(labels));
    }

    @Test
    void matchesTheValuesWorkedOutByHand() {
        // confidences 0.9, 0.7, 0.8 and 0.9, the last for class 1; hits 1, 1, 0 and 1
        Reliability found = Reliability.of(rows(new double[] {0.9, 0.7, 0.8, 0.1}, 0, 0, 1, 1), 5, 1);
        // bins of 0.2: [0.6, 0.8) has 0.7 (hit), [0.8, 1] has 0.8 (miss), 0.9 and 0.9 (hits); 0.8 may round to either
        double error = (Math.abs(1 - 0.7) + Math.abs(2 - 0.8 - 0.9 - 0.9)) / 4;
        assertThat(found.error()).isCloseTo(error, within(1e-6));
        assertThat(found.negativeLogLikelihood())
                .isCloseTo(-(Math.log(0.9) + Math.log(0.7) + Math.log(0.2) + Math.log(0.9)) / 4, within(1e-6));
        assertThat(found.brierScore()).isCloseTo(2 * (0.01 + 0.09 + 0.64 + 0.01) / 4, within(1e-6));
        // a bin for each row, in turn of confidence
        assertThat(Reliability.of(rows(new double[] {0.9, 0.7, 0.8, 0.1}, 0, 0, 1, 1), 4, 1)
                        .adaptiveError())
                .isCloseTo((0.3 + 0.8 + 0.1 + 0.1) / 4, within(1e-6));
    }

    @Test
    void intervalOfTheBootstrapHoldsTheErrorAndFollowsTheSeed() {
        double[] firsts = new double[400];
        int[] labels = new int[400];
        for (int row = 0; row < 400; row++) {
            firsts[row] = 0.55 + 0.44 * row / 400;
            labels[row] = row % 4 == 0 ? 1 : 0;
        }
        AnsweredRows rows = rows(firsts, labels);
        Reliability found = Reliability.of(rows, 15, 3);
        assertThat(found.low()).isLessThan(found.error()).isGreaterThan(0);
        assertThat(found.high()).isGreaterThan(found.error()).isLessThan(found.error() + 0.15);
        assertThat(Reliability.of(rows, 15, 3)).isEqualTo(found);
        assertThat(Reliability.of(rows, 15, 4).low()).isNotEqualTo(found.low());
    }
}
