package io.retort.compress.quantize.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.compress.quantize.round.RoundingSearch.RectifiedSigmoid;
import org.junit.jupiter.api.Test;

class RectifiedSigmoidTest {
    @Test
    void theInverseGivesBackWhatIsBetweenTwoCodes() {
        for (double h = 0; h <= 1; h += 0.01) {
            assertThat(RectifiedSigmoid.of(RectifiedSigmoid.inverse(h))).isCloseTo(h, within(1e-12));
        }
    }

    @Test
    void reachesBothEnds() {
        // σ(ln 11) = 11/12, and 1.2 · 11/12 − 0.1 = 1
        assertThat(RectifiedSigmoid.of(Math.log(11) + 1e-9)).isEqualTo(1);
        assertThat(RectifiedSigmoid.of(-Math.log(11) - 1e-9)).isEqualTo(0);
        assertThat(RectifiedSigmoid.of(0)).isCloseTo(0.5, within(1e-15));
        assertThat(RectifiedSigmoid.slope(0)).isZero();
        assertThat(RectifiedSigmoid.slope(1)).isZero();
    }

    @Test
    void theSlopeIsThatOfCentralDifferences() {
        double step = 1e-5;
        for (double v = -2.3; v < 2.35; v += 0.1) {
            double numeric = (RectifiedSigmoid.of(v + step) - RectifiedSigmoid.of(v - step)) / (2 * step);
            assertThat(RectifiedSigmoid.slope(RectifiedSigmoid.of(v))).isCloseTo(numeric, within(1e-8));
        }
    }

    @Test
    void thePullIsTheRegularisersSlope() {
        double step = 1e-6;
        for (double beta : new double[] {2, 3.5, 20}) {
            for (double h : new double[] {0.1, 0.3, 0.45, 0.6, 0.95}) {
                double numeric = (regulariser(h + step, beta) - regulariser(h - step, beta)) / (2 * step);
                assertThat(RectifiedSigmoid.pull(h, beta)).isCloseTo(numeric, within(1e-6));
            }
        }
    }

    private static double regulariser(double h, double beta) {
        return 1 - Math.pow(Math.abs(2 * h - 1), beta);
    }
}
