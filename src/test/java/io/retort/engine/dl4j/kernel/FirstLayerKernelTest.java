package io.retort.engine.dl4j.kernel;

import static io.retort.engine.dl4j.kernel.Values.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.engine.dl4j.NativeBackend;
import io.retort.network.Shape;
import io.retort.network.Window;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.factory.Nd4j;

/** Against plain loops in double precision. */
class FirstLayerKernelTest {
    private static final int BATCH = 2;
    private static final int HEIGHT = 5;
    private static final int WIDTH = 6;
    private static final int INPUTS = 2;
    private static final int OUTPUTS = 4;

    @BeforeAll
    static void configure() {
        NativeBackend.configure();
    }

    static Stream<Window> windows() {
        return Stream.of(new Window(3, 3, 1, 1, 1, 1), new Window(1, 5, 1, 1, 0, 2), new Window(2, 2, 1, 1, 0, 0));
    }

    @ParameterizedTest
    @MethodSource("windows")
    void givesTheGradientByTheWeights(Window window) {
        SplittableRandom random = new SplittableRandom(3);
        Shape output = window.output(OUTPUTS, Shape.image(INPUTS, HEIGHT, WIDTH));
        float[] images = random(random, BATCH * HEIGHT * WIDTH * INPUTS, 1);
        float[] gradients = random(random, BATCH * output.elements(), 1);
        float[] weights = new FirstLayerKernel(window, HEIGHT, WIDTH, INPUTS, OUTPUTS)
                .weightGradient(
                        Nd4j.createFromArray(images).reshape('c', BATCH, HEIGHT, WIDTH, INPUTS),
                        Nd4j.createFromArray(gradients).reshape('c', BATCH, output.height(), output.width(), OUTPUTS));
        int at = 0;
        for (int o = 0; o < OUTPUTS; o++) {
            for (int c = 0; c < INPUTS; c++) {
                for (int cellY = 0; cellY < window.kernelHeight(); cellY++) {
                    for (int cellX = 0; cellX < window.kernelWidth(); cellX++) {
                        double expected = 0;
                        for (int i = o; i < gradients.length; i += OUTPUTS) {
                            int pixel = i / OUTPUTS;
                            int image = pixel / (output.height() * output.width());
                            int y = pixel / output.width() % output.height() + cellY - window.paddingHeight();
                            int x = pixel % output.width() + cellX - window.paddingWidth();
                            if (y >= 0 && y < HEIGHT && x >= 0 && x < WIDTH) {
                                expected +=
                                        (double) gradients[i] * images[((image * HEIGHT + y) * WIDTH + x) * INPUTS + c];
                            }
                        }
                        assertThat((double) weights[at++]).isCloseTo(expected, within(1e-5));
                    }
                }
            }
        }
        assertThat(at).isEqualTo(weights.length);
    }

    @Test
    void isMadeForStride1AndFewInputs() {
        assertThat(FirstLayerKernel.suits(new Window(3, 3, 1, 1, 1, 1), 3)).isTrue();
        assertThat(FirstLayerKernel.suits(new Window(3, 3, 1, 1, 1, 1), 4)).isFalse();
        assertThat(FirstLayerKernel.suits(new Window(3, 3, 2, 1, 1, 1), 1)).isFalse();
    }
}
