package io.retort.engine.dl4j.kernel;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * {@code y = f(scale · (x − mean) / √(variance + epsilon) + shift)} over rows of channels, forward and backward.
 *
 * <p>Works on blocks of whole rows that fit the first-level cache. A per-channel value is repeated to the length of a
 * block, so that every loop is long and flat whatever the number of channels; each position of a block has its own
 * float accumulator, and these are added in double.
 */
public final class BatchNormKernel {
    private static final int BLOCK = 1024;

    private final int channels;
    private final int block;
    private final double epsilon;
    private final Nonlinearity function;

    private final float[] x;
    private final float[] z;
    private final float[] g;
    private final float[] sum1;
    private final float[] sum2;
    private final float[] centre;
    private final float[] factor;
    private final float[] offset;
    private final float[] slope;
    private final float[] constant;

    /** Of the last batch in training, by channel. */
    private final double[] mean;

    private final double[] variance;

    public BatchNormKernel(int channels, double epsilon, Nonlinearity function) {
        this.channels = channels;
        this.epsilon = epsilon;
        this.function = function;
        block = Math.max(1, BLOCK / channels) * channels;
        x = new float[block];
        z = new float[block];
        g = new float[block];
        sum1 = new float[block];
        sum2 = new float[block];
        centre = new float[block];
        factor = new float[block];
        offset = new float[block];
        slope = new float[block];
        constant = new float[block];
        mean = new double[channels];
        variance = new double[channels];
    }

    public double mean(int channel) {
        return mean[channel];
    }

    public double variance(int channel) {
        return variance[channel];
    }

    /** Normalises with the batch's own statistics, which {@link #mean} and {@link #variance} then give. */
    public void forward(FloatBuffer in, FloatBuffer out, float[] scale, float[] shift) {
        measure(in);
        setAffine(scale, shift);
        transform(in, out);
    }

    /** Normalises with given statistics. */
    public void infer(FloatBuffer in, FloatBuffer out, float[] scale, float[] shift, float[] means, float[] variances) {
        for (int c = 0; c < channels; c++) {
            mean[c] = means[c];
            variance[c] = variances[c];
        }
        setAffine(scale, shift);
        transform(in, out);
    }

    /**
     * The gradient by the input, the scale and the shift, for the batch of the last {@link #forward}.
     *
     * <p>With g = dy · f′(z), n rows, and x̂ the normalised input: dShift = Σ g, dScale = Σ g x̂,
     * dx = scale / √(variance + epsilon) · (g − dShift / n − x̂ · dScale / n) (Ioffe and Szegedy 2015, section 3).
     */
    public void backward(
            FloatBuffer in,
            FloatBuffer outGradient,
            FloatBuffer inGradient,
            float[] scale,
            float[] shift,
            float[] scaleGradient,
            float[] shiftGradient) {
        setAffine(scale, shift);
        Arrays.fill(sum1, 0);
        Arrays.fill(sum2, 0);
        int length = in.limit();
        for (int from = 0; from < length; from += block) {
            int count = Math.min(block, length - from);
            in.get(from, x, 0, count);
            outGradient.get(from, g, 0, count);
            gate(count);
            addProducts(count);
            inGradient.put(from, g, 0, count); // g, for the second pass
        }
        int rows = length / channels;
        for (int c = 0; c < channels; c++) {
            double inverse = 1 / Math.sqrt(variance[c] + epsilon);
            double shiftSum = total(sum1, c);
            double scaleSum = total(sum2, c) * inverse;
            shiftGradient[c] = (float) shiftSum;
            scaleGradient[c] = (float) scaleSum;
            double slopeHere = -scale[c] * inverse * inverse * scaleSum / rows;
            repeat(slope, c, slopeHere);
            repeat(constant, c, -scale[c] * inverse * shiftSum / rows - slopeHere * mean[c]);
        }
        // from the end, where the cache still holds the last values
        for (int from = (length - 1) / block * block; from >= 0; from -= block) {
            int count = Math.min(block, length - from);
            in.get(from, x, 0, count);
            inGradient.get(from, g, 0, count);
            combine(count);
            inGradient.put(from, g, 0, count);
        }
    }

    /** Mean and variance in one pass, relative to the mean of the first block, so that large means cost no digits. */
    private void measure(FloatBuffer in) {
        int length = in.limit();
        int first = Math.min(block, length);
        in.get(0, x, 0, first);
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            for (int i = c; i < first; i += channels) {
                sum += x[i];
            }
            mean[c] = (float) (sum * channels / first);
            repeat(centre, c, mean[c]);
        }
        Arrays.fill(sum1, 0);
        Arrays.fill(sum2, 0);
        for (int from = 0; from < length; from += block) {
            int count = Math.min(block, length - from);
            in.get(from, x, 0, count);
            addMoments(count);
        }
        int rows = length / channels;
        for (int c = 0; c < channels; c++) {
            double distance = total(sum1, c) / rows;
            mean[c] += distance;
            variance[c] = Math.max(0, total(sum2, c) / rows - distance * distance);
        }
    }

    private void addMoments(int count) {
        for (int i = 0; i < count; i++) {
            float d = x[i] - centre[i];
            sum1[i] += d;
            sum2[i] += d * d;
        }
    }

    private void transform(FloatBuffer in, FloatBuffer out) {
        int length = in.limit();
        for (int from = (length - 1) / block * block; from >= 0; from -= block) {
            int count = Math.min(block, length - from);
            in.get(from, x, 0, count);
            affine(count);
            function.apply(x, count);
            out.put(from, x, 0, count);
        }
    }

    private void affine(int count) {
        for (int i = 0; i < count; i++) {
            x[i] = x[i] * factor[i] + offset[i];
        }
    }

    /** Multiplies g by f′(z). Several short loops: HotSpot does not vectorise them as one. */
    private void gate(int count) {
        if (function == Nonlinearity.IDENTITY) {
            return;
        }
        for (int i = 0; i < count; i++) {
            z[i] = x[i] * factor[i] + offset[i];
        }
        function.gate(z, g, count);
    }

    private void addProducts(int count) {
        for (int i = 0; i < count; i++) {
            sum1[i] += g[i];
            sum2[i] += g[i] * (x[i] - centre[i]);
        }
    }

    private void combine(int count) {
        for (int i = 0; i < count; i++) {
            g[i] = g[i] * factor[i] + x[i] * slope[i] + constant[i];
        }
    }

    private void setAffine(float[] scale, float[] shift) {
        for (int c = 0; c < channels; c++) {
            double factorHere = scale[c] / Math.sqrt(variance[c] + epsilon);
            repeat(factor, c, factorHere);
            repeat(offset, c, shift[c] - factorHere * mean[c]);
            repeat(centre, c, mean[c]);
        }
    }

    private void repeat(float[] values, int channel, double value) {
        for (int i = channel; i < block; i += channels) {
            values[i] = (float) value;
        }
    }

    private double total(float[] sums, int channel) {
        double total = 0;
        for (int i = channel; i < block; i += channels) {
            total += sums[i];
        }
        return total;
    }
}
