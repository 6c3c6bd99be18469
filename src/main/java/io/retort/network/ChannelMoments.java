package io.retort.network;

import java.io.Serializable;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * Mean and squared deviations of values by channel: {@code mean[c] = Σ x / n} and
 * {@code squares[c] = Σ (x − mean[c])²}, n values of each channel.
 *
 * <p>Parts are merged by {@code squares = squaresₐ + squares_b + δ² · nₐ · n_b / n} with
 * {@code δ = mean_b − meanₐ} (Chan, Golub, LeVeque 1979, "Updating formulae and a pairwise algorithm for computing
 * sample variances", Stanford CS-79-773, equation 2.1), so that each value weighs the same however many a part has, and
 * a small variation about a large mean is not lost, as it is in {@code Σ x² / n − mean²}.
 *
 * @param count n
 */
@SuppressWarnings("ArrayRecordComponent") // bulk numbers, never compared
public record ChannelMoments(double count, double[] mean, double[] squares) implements Serializable {
    /** Of no values. */
    public static ChannelMoments none(int channels) {
        return new ChannelMoments(0, new double[channels], new double[channels]);
    }

    /** Of this one's values and another's. */
    public ChannelMoments plus(ChannelMoments other) {
        if (count == 0) {
            return other;
        }
        if (other.count == 0) {
            return this;
        }
        double sum = count + other.count;
        double[] means = new double[mean.length];
        double[] deviations = new double[mean.length];
        for (int c = 0; c < means.length; c++) {
            double apart = other.mean[c] - mean[c];
            means[c] = mean[c] + apart * (other.count / sum);
            deviations[c] = squares[c] + other.squares[c] + apart * apart * (count / sum * other.count);
        }
        return new ChannelMoments(sum, means, deviations);
    }

    /** {@code squares[c] / n}. It is 0 where all values are the same, and nowhere else, whatever their unit. */
    public double variance(int channel) {
        return squares[channel] / count;
    }

    /** All means, rounded to floats. */
    public Tensor means() {
        return tensor(channel -> mean[channel]);
    }

    /** All variances, rounded to floats. */
    public Tensor variances() {
        return tensor(this::variance);
    }

    private Tensor tensor(IntToDoubleFunction value) {
        float[] values = new float[mean.length];
        for (int c = 0; c < values.length; c++) {
            values[c] = (float) value.applyAsDouble(c);
        }
        return new Tensor(List.of(values.length), values);
    }
}
