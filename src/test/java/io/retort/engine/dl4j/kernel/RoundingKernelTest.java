package io.retort.engine.dl4j.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RoundingKernelTest {
    @Test
    void matchesTheValuesWorkedOutByHand() {
        // in steps of 0.5: −6 is clipped to −4, −1.5 and 0.5 are ties that go to the even step, 2.6 goes to 3, 9 is
        // clipped to 3
        float[] values = {-3, -0.75f, 0.25f, 1.3f, 4.5f};
        new RoundingKernel(0.5f, -4, 3).round(values, values.length);
        assertThat(values).containsExactly(-2, -1, 0, 1.5f, 1.5f);
        // of those within the range pass 1 each; by the scale −4, −2 + 1.5, 0 − 0.5, 3 − 2.6 and 3, which is −1.6;
        // times 0.5
        float[] gradient = {1, 1, 1, 1, 1};
        double byLogScale = new RoundingKernel(0.5f, -4, 3)
                .gate(new float[] {-3, -0.75f, 0.25f, 1.3f, 4.5f}, gradient, gradient.length);
        assertThat(gradient).containsExactly(0, 1, 1, 1, 0);
        assertThat(byLogScale).isCloseTo(-0.8, within(1e-6));
    }

    @Test
    void roundsNoFurtherThanTheCountGiven() {
        float[] values = {0.3f, 0.3f};
        new RoundingKernel(1, -128, 127).round(values, 1);
        assertThat(values).containsExactly(0, 0.3f);
    }

    /** With what rounding adds held fixed, the output is a smooth function but at the ends of the range. */
    @Test
    void agreesWithCentralDifferencesOfWhatRoundingIsTakenFor() {
        SplittableRandom random = new SplittableRandom(4);
        int least = -20;
        int greatest = 11;
        for (int trial = 0; trial < 200; trial++) {
            double logScale = random.nextDouble(-3, 0);
            float scale = (float) Math.exp(logScale);
            float x = (float) (scale * random.nextDouble(-40, 30));
            double steps = x / (double) scale;
            if (Math.abs(steps - least) < 0.01 || Math.abs(steps - greatest) < 0.01) {
                continue;
            }
            double clipped = Math.max(least, Math.min(greatest, steps));
            double added = Math.rint(clipped) - clipped;
            double epsilon = 1e-5;
            double byScale = (taken(x, logScale + epsilon, least, greatest, added)
                            - taken(x, logScale - epsilon, least, greatest, added))
                    / (2 * epsilon);
            double byInput = (taken(x + epsilon, logScale, least, greatest, added)
                            - taken(x - epsilon, logScale, least, greatest, added))
                    / (2 * epsilon);
            float[] gradient = {1};
            double found = new RoundingKernel(scale, least, greatest).gate(new float[] {x}, gradient, 1);
            assertThat(found).isCloseTo(byScale, within(1e-4));
            assertThat((double) gradient[0]).isCloseTo(byInput, within(1e-6));
        }
    }

    private static double taken(double x, double logScale, int least, int greatest, double added) {
        double scale = Math.exp(logScale);
        return scale * (Math.max(least, Math.min(greatest, x / scale)) + added);
    }
}
