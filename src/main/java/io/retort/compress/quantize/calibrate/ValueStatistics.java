package io.retort.compress.quantize.calibrate;

import io.retort.network.Shape;
import java.io.Serializable;

/** How the values that a node gives are distributed: all of them as a histogram, and the mean of each channel. Parts can be merged. */
public final class ValueStatistics implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Histogram histogram = new Histogram();
    private final double[] sums;
    private long perChannel;

    /**
     * Nothing seen yet.
     *
     * @param channels of an image, features of a vector
     */
    public ValueStatistics(int channels) {
        this.sums = new double[channels];
    }

    /** Adds the values of some samples, one after the other. */
    public void add(float[] values, Shape shape) {
        histogram.add(values, 0, values.length);
        int plane = shape.height() * shape.width();
        for (int start = 0, c = 0; start < values.length; start += plane, c = (c + 1) % sums.length) {
            for (int i = start; i < start + plane; i++) {
                sums[c] += values[i];
            }
        }
        perChannel += values.length / sums.length;
    }

    /** Adds all that another one has seen. */
    public void add(ValueStatistics other) {
        histogram.add(other.histogram);
        for (int c = 0; c < sums.length; c++) {
            sums[c] += other.sums[c];
        }
        perChannel += other.perChannel;
    }

    public Histogram histogram() {
        return histogram;
    }

    /** The mean of a channel's values. */
    public double mean(int channel) {
        return perChannel == 0 ? 0 : sums[channel] / perChannel;
    }
}
