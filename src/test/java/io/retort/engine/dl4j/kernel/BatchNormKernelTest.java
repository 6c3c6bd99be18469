package io.retort.engine.dl4j.kernel;

import static io.retort.engine.dl4j.kernel.Values.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Against plain loops in double precision, over rows that do not fill the last block. */
class BatchNormKernelTest {
    private static final int CHANNELS = 3;
    private static final int ROWS = 700;
    private static final double EPSILON = 1e-3;
    private static final Offset<Float> CLOSE = within(1e-4f);

    private final SplittableRandom random = new SplittableRandom(8);
    private final float[] in = shifted(random(random, ROWS * CHANNELS, 2));
    private final float[] outGradient = random(random, in.length, 1);
    private final float[] scale = {1.5f, -0.7f, 0.1f};
    private final float[] shift = {0.2f, 0, -0.05f};
    private final double[] means = new double[CHANNELS];
    private final double[] variances = new double[CHANNELS];

    BatchNormKernelTest() {
        for (int i = 0; i < in.length; i++) {
            means[i % CHANNELS] += (double) in[i] / ROWS;
        }
        for (int i = 0; i < in.length; i++) {
            variances[i % CHANNELS] += Math.pow(in[i] - means[i % CHANNELS], 2) / ROWS;
        }
    }

    /** Means far from 0, which a sum of squares would not survive. */
    private static float[] shifted(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] += 100 * (i % CHANNELS);
        }
        return values;
    }

    private double normalised(int i) {
        return (in[i] - means[i % CHANNELS]) / Math.sqrt(variances[i % CHANNELS] + EPSILON);
    }

    private double affine(int i) {
        return scale[i % CHANNELS] * normalised(i) + shift[i % CHANNELS];
    }

    @Test
    void normalisesByTheStatisticsOfTheBatch() {
        BatchNormKernel kernel = new BatchNormKernel(CHANNELS, EPSILON, Nonlinearity.RELU);
        float[] out = new float[in.length];
        kernel.forward(FloatBuffer.wrap(in), FloatBuffer.wrap(out), scale, shift);
        for (int c = 0; c < CHANNELS; c++) {
            assertThat(kernel.mean(c)).isCloseTo(means[c], within(1e-5));
            assertThat(kernel.variance(c)).isCloseTo(variances[c], within(1e-5));
        }
        for (int i = 0; i < out.length; i++) {
            assertThat(out[i]).isCloseTo((float) Math.max(0, affine(i)), CLOSE);
        }
    }

    @Test
    void infersByGivenStatistics() {
        float[] givenMeans = {(float) means[0], (float) means[1], (float) means[2]};
        float[] givenVariances = {(float) variances[0], (float) variances[1], (float) variances[2]};
        float[] out = new float[in.length];
        new BatchNormKernel(CHANNELS, EPSILON, Nonlinearity.IDENTITY)
                .infer(FloatBuffer.wrap(in), FloatBuffer.wrap(out), scale, shift, givenMeans, givenVariances);
        for (int i = 0; i < out.length; i++) {
            assertThat(out[i]).isCloseTo((float) affine(i), CLOSE);
        }
    }

    @Test
    void givesTheGradientsOfInputScaleAndShift() {
        double[] byShift = new double[CHANNELS];
        double[] byScale = new double[CHANNELS];
        double[] gated = new double[in.length];
        for (int i = 0; i < in.length; i++) {
            gated[i] = affine(i) > 0 ? outGradient[i] : 0;
            byShift[i % CHANNELS] += gated[i];
            byScale[i % CHANNELS] += gated[i] * normalised(i);
        }
        BatchNormKernel kernel = new BatchNormKernel(CHANNELS, EPSILON, Nonlinearity.RELU);
        kernel.forward(FloatBuffer.wrap(in), FloatBuffer.wrap(new float[in.length]), scale, shift);
        float[] inGradient = new float[in.length];
        float[] scaleGradient = new float[CHANNELS];
        float[] shiftGradient = new float[CHANNELS];
        kernel.backward(
                FloatBuffer.wrap(in),
                FloatBuffer.wrap(outGradient),
                FloatBuffer.wrap(inGradient),
                scale,
                shift,
                scaleGradient,
                shiftGradient);
        for (int c = 0; c < CHANNELS; c++) {
            assertThat((double) shiftGradient[c]).isCloseTo(byShift[c], within(1e-3));
            assertThat((double) scaleGradient[c]).isCloseTo(byScale[c], within(1e-3));
        }
        for (int i = 0; i < in.length; i++) {
            int c = i % CHANNELS;
            double expected = scale[c]
                    / Math.sqrt(variances[c] + EPSILON)
                    * (gated[i] - byShift[c] / ROWS - normalised(i) * byScale[c] / ROWS);
            assertThat(inGradient[i]).isCloseTo((float) expected, CLOSE);
        }
    }
}
