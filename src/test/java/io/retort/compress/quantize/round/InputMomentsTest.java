package io.retort.compress.quantize.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class InputMomentsTest {
    private static final int INPUTS = 5;
    private static final int OUTPUTS = 2;
    private static final int PLACES = 40;

    private final SplittableRandom random = new SplittableRandom(4);
    private final float[][] exact = new float[PLACES][INPUTS];
    private final float[][] rounded = new float[PLACES][INPUTS];
    private final double[][] weights = new double[OUTPUTS][INPUTS];
    private final double[][] changes = new double[OUTPUTS][INPUTS];

    InputMomentsTest() {
        for (int o = 0; o < OUTPUTS; o++) {
            for (int i = 0; i < INPUTS; i++) {
                weights[o][i] = random.nextGaussian();
                changes[o][i] = 0.3 * random.nextGaussian();
            }
        }
        for (int p = 0; p < PLACES; p++) {
            for (int i = 0; i < INPUTS; i++) {
                exact[p][i] = (float) Math.max(0, 1 + random.nextGaussian());
                rounded[p][i] = Math.round(4 * exact[p][i]) / 4f;
            }
        }
    }

    private InputMoments measured(int from, int to) {
        InputMoments moments = new InputMoments(INPUTS, OUTPUTS);
        for (int p = from; p < to; p++) {
            double[] gap = new double[OUTPUTS];
            for (int o = 0; o < OUTPUTS; o++) {
                gap[o] = error(o, p, 0);
            }
            moments.add(rounded[p], gap);
        }
        return moments;
    }

    /** {@code ŵ·x̂ − w·x}, with all of the change or none of it. */
    private double error(int output, int place, int part) {
        double error = 0;
        for (int i = 0; i < INPUTS; i++) {
            error += (weights[output][i] + part * changes[output][i]) * rounded[place][i]
                    - weights[output][i] * exact[place][i];
        }
        return error;
    }

    private double mean(int output, int part) {
        double sum = 0;
        for (int p = 0; p < PLACES; p++) {
            sum += error(output, p, part) / PLACES;
        }
        return sum;
    }

    private double meanSquare(int output, int part, double centre) {
        double sum = 0;
        for (int p = 0; p < PLACES; p++) {
            sum += Math.pow(error(output, p, part) - centre, 2) / PLACES;
        }
        return sum;
    }

    @Test
    void theObjectiveIsWhatAChangeAddsToTheErrorOfOutputs() {
        InputMoments moments = measured(0, PLACES);
        for (int o = 0; o < OUTPUTS; o++) {
            assertThat(moments.meanSquare().value(o, changes[o]))
                    .isCloseTo(meanSquare(o, 1, 0) - meanSquare(o, 0, 0), within(1e-9));
            assertThat(moments.variance().value(o, changes[o]))
                    .isCloseTo(meanSquare(o, 1, mean(o, 1)) - meanSquare(o, 0, mean(o, 0)), within(1e-9));
            assertThat(moments.shift(o, changes[o])).isCloseTo(mean(o, 1), within(1e-9));
        }
    }

    @Test
    void mergedPartsAreTheWhole() {
        InputMoments merged = measured(0, 7);
        merged.add(measured(7, PLACES));
        InputMoments whole = measured(0, PLACES);
        for (int o = 0; o < OUTPUTS; o++) {
            assertThat(merged.meanSquare().value(o, changes[o]))
                    .isCloseTo(whole.meanSquare().value(o, changes[o]), within(1e-12));
            assertThat(merged.shift(o, changes[o])).isCloseTo(whole.shift(o, changes[o]), within(1e-12));
        }
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // One place, x̂ = (1, 2), gap 3: d = (1, 1) adds (1 + 2)² + 2 · 3 · (1 + 2) = 27
        InputMoments moments = new InputMoments(2, 1);
        moments.add(new float[] {1, 2}, new double[] {3});
        assertThat(moments.meanSquare().value(0, new double[] {1, 1})).isEqualTo(27);
        assertThat(moments.shift(0, new double[] {1, 1})).isEqualTo(6);
        // What is constant does not vary.
        assertThat(moments.variance().value(0, new double[] {1, 1})).isZero();
        assertThat(moments.meanSquare().meanSquare()).isEqualTo(2.5);
    }
}
