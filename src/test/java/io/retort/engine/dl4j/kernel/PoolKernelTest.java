package io.retort.engine.dl4j.kernel;

import static io.retort.engine.dl4j.kernel.Values.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.network.Layer.Pool;
import io.retort.network.Window;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against plain loops in double precision. */
class PoolKernelTest {
    private static final int HEIGHT = 5;
    private static final int WIDTH = 7;
    private static final int CHANNELS = 3;

    static Stream<Window> windows() {
        return Stream.of(
                new Window(2, 2, 2, 2, 0, 0),
                new Window(3, 3, 2, 2, 1, 1), // overlaps, with padding
                new Window(2, 3, 1, 2, 1, 0));
    }

    @ParameterizedTest
    @MethodSource("windows")
    void averagesWhatIsInsideOfTheImage(Window window) {
        compare(Pool.Kind.AVERAGE, window);
    }

    @ParameterizedTest
    @MethodSource("windows")
    void takesTheMaximum(Window window) {
        compare(Pool.Kind.MAX, window);
    }

    @Test
    void theFirstOfEqualMaximaGetsTheGradient() {
        PoolKernel kernel = new PoolKernel(Pool.Kind.MAX, new Window(2, 2, 2, 2, 0, 0), 2, 2, 1);
        float[] inGradient = new float[4];
        kernel.backward(new float[] {1, 3, 3, 3}, new float[] {3}, new float[] {5}, inGradient);
        assertThat(inGradient).containsExactly(0, 5, 0, 0);
    }

    private static void compare(Pool.Kind kind, Window window) {
        SplittableRandom random = new SplittableRandom(2);
        PoolKernel kernel = new PoolKernel(kind, window, HEIGHT, WIDTH, CHANNELS);
        float[] in = random(random, HEIGHT * WIDTH * CHANNELS, 1);
        int outputs = kernel.outputHeight() * kernel.outputWidth() * CHANNELS;
        float[] out = new float[outputs];
        kernel.forward(in, out);
        float[] outGradient = random(random, outputs, 1);
        float[] inGradient = new float[in.length];
        kernel.backward(in, out, outGradient, inGradient);
        double[] expectedGradient = new double[in.length];
        for (int i = 0; i < outputs; i++) {
            double expected = pool(kind, window, kernel.outputWidth(), in, i, outGradient[i], expectedGradient);
            assertThat((double) out[i]).isCloseTo(expected, within(1e-6));
        }
        for (int i = 0; i < in.length; i++) {
            assertThat((double) inGradient[i]).isCloseTo(expectedGradient[i], within(1e-6));
        }
    }

    /** One value of the output; adds its gradient. */
    private static double pool(
            Pool.Kind kind, Window window, int outputWidth, float[] in, int index, double gradient, double[] sums) {
        int c = index % CHANNELS;
        int firstRow = index / CHANNELS / outputWidth * window.strideHeight() - window.paddingHeight();
        int firstColumn = index / CHANNELS % outputWidth * window.strideWidth() - window.paddingWidth();
        int cells = 0;
        int greatest = -1;
        double sum = 0;
        for (int pass = 0; pass < 2; pass++) {
            for (int y = Math.max(0, firstRow); y < Math.min(HEIGHT, firstRow + window.kernelHeight()); y++) {
                for (int x = Math.max(0, firstColumn); x < Math.min(WIDTH, firstColumn + window.kernelWidth()); x++) {
                    int at = (y * WIDTH + x) * CHANNELS + c;
                    if (pass == 0) {
                        cells++;
                        sum += in[at];
                        greatest = greatest < 0 || in[at] > in[greatest] ? at : greatest;
                    } else if (kind == Pool.Kind.AVERAGE) {
                        sums[at] += gradient / cells;
                    } else if (at == greatest) {
                        sums[at] += gradient;
                    }
                }
            }
        }
        return kind == Pool.Kind.AVERAGE ? sum / cells : in[greatest];
    }
}
