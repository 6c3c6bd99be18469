package io.retort.engine.dl4j.kernel;

import static io.retort.engine.dl4j.kernel.Values.dot;
import static io.retort.engine.dl4j.kernel.Values.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShiftKernelTest {
    private static final int HEIGHT = 4;
    private static final int WIDTH = 5;
    private static final int CHANNELS = 3;

    @Test
    void matchesTheValuesWorkedOutByHand() {
        // one channel of 2 x 3:  1 2 3 / 4 5 6, looked at 1/4 down and 1/2 to the left
        ShiftKernel kernel = new ShiftKernel(2, 3, 1, new float[] {0.25f, -0.5f});
        float[] out = new float[6];
        kernel.forward(new float[] {1, 2, 3, 4, 5, 6}, out);
        // half-way between columns: 0.5 1.5 2.5 / 2 4.5 5.5; then three quarters of a row and a quarter of the next
        assertThat(out).containsExactly(0.875f, 2.25f, 3.25f, 1.5f, 3.375f, 4.125f);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.4, 1, 2.7, 5, 9, 1e6})
    void isTheAdjointOfItself(double farthest) {
        SplittableRandom random = new SplittableRandom(5);
        float[] displacements = random(random, 2 * CHANNELS, farthest);
        ShiftKernel kernel = new ShiftKernel(HEIGHT, WIDTH, CHANNELS, displacements);
        float[] x = random(random, HEIGHT * WIDTH * CHANNELS, 1);
        float[] g = random(random, x.length, 1);
        float[] shifted = new float[x.length];
        float[] back = new float[x.length];
        kernel.forward(x, shifted);
        kernel.backward(g, back);
        assertThat(dot(shifted, g)).isCloseTo(dot(x, back), within(1e-5));
    }

    /** The output is linear in each displacement between whole pixels, so differences are exact up to rounding. */
    @ParameterizedTest
    @ValueSource(doubles = {0.4, 2.7, 5})
    void givesTheGradientByTheDisplacement(double farthest) {
        SplittableRandom random = new SplittableRandom(6);
        float[] displacements = random(random, 2 * CHANNELS, farthest);
        float[] x = random(random, HEIGHT * WIDTH * CHANNELS, 1);
        float[] g = random(random, x.length, 1);
        double[] gradient = new double[displacements.length];
        new ShiftKernel(HEIGHT, WIDTH, CHANNELS, displacements).addDisplacementGradient(x, g, gradient);
        float step = 1e-2f;
        for (int i = 0; i < displacements.length; i++) {
            double up = dot(shifted(x, moved(displacements, i, step)), g);
            double down = dot(shifted(x, moved(displacements, i, -step)), g);
            assertThat(gradient[i]).isCloseTo((up - down) / (2 * step), within(2e-4));
        }
    }

    @Test
    void seesNothingFromFarAway() {
        float[] x = random(new SplittableRandom(7), HEIGHT * WIDTH * CHANNELS, 1);
        float[] far = {HEIGHT, 0, 0, -WIDTH, -1e9f, Float.POSITIVE_INFINITY};
        ShiftKernel kernel = new ShiftKernel(HEIGHT, WIDTH, CHANNELS, far);
        float[] out = new float[x.length];
        kernel.forward(x, out);
        assertThat(out).containsOnly(0f);
    }

    @Test
    void letsANumberThatIsNoneBeSeen() {
        float[] x = random(new SplittableRandom(7), HEIGHT * WIDTH * CHANNELS, 1);
        float[] out = shifted(x, new float[] {Float.NaN, 0, 0, 0, 0, 0});
        assertThat(out[0]).isNaN();
    }

    private static float[] shifted(float[] x, float[] displacements) {
        float[] out = new float[x.length];
        new ShiftKernel(HEIGHT, WIDTH, CHANNELS, displacements).forward(x, out);
        return out;
    }

    private static float[] moved(float[] displacements, int index, float by) {
        float[] moved = displacements.clone();
        moved[index] += by;
        return moved;
    }
}
