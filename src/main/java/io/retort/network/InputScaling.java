package io.retort.network;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;

/**
 * How raw features become a network's input: {@code (x − mean[c]) / deviation[c]} for channel c (for vectors, feature
 * c).
 *
 * <p>It belongs to the network, so that an exported one reads raw values.
 */
public record InputScaling(List<Double> mean, List<Double> deviation) implements Serializable {
    public InputScaling {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (mean.size() != deviation.size()) {
            throw new ShapeException(
                    "input scaling has " + mean.size() + " means for " + deviation.size() + " deviations");
        }
        if (mean.stream().anyMatch(value -> !Double.isFinite(value))
                || deviation.stream().anyMatch(value -> !(value > 0) || value.isInfinite())) {
            throw new IllegalArgumentException(
                    "input scaling needs finite means and deviations > 0, was " + mean + " and " + deviation);
        }
    }

    /** Leaves the features of {@code channels} channels as they are. */
    public static InputScaling none(int channels) {
        return new InputScaling(Collections.nCopies(channels, 0.0), Collections.nCopies(channels, 1.0));
    }

    /** Scales raw features of samples laid one after the other, in place. */
    public void apply(float[] features, Shape shape) {
        ScalingSteps steps = ScalingSteps.of(this);
        int plane = shape.height() * shape.width();
        int channels = shape.channels();
        for (int start = 0, c = 0; start < features.length; start += plane, c = (c + 1) % channels) {
            steps.apply(c, features, start, start + plane);
        }
    }

    /**
     * An {@link InputScaling} in float32, the same steps in every engine:
     * {@code ((x · unit − offset) − rest) · factor}, by channel.
     *
     * <p>A float holds the difference of two near ones exactly, but not every mean: rest is what offset lacks of it,
     * and 0 unless that shows beside the deviation, as in a column of 10⁹ and a small variation. Unit is 1 unless the
     * deviation's inverse is near the ends of what a float holds; then it is a power of two, which changes no digit.
     */
    @SuppressWarnings("ArrayRecordComponent") // bulk numbers, never compared
    public record ScalingSteps(float[] unit, float[] offset, float[] rest, float[] factor) {
        /** Deviations from {@code 2⁻¹⁰⁰} to {@code 2¹⁰⁰} need no other unit. */
        private static final int MAX_EXPONENT = 100;

        private static final double OTHER_UNIT = 0x1p64;

        /** What a mean may lack, by the deviation. */
        private static final double MIN_REST = 0x1p-12;

        public static ScalingSteps of(InputScaling scaling) {
            int channels = scaling.mean().size();
            ScalingSteps steps = new ScalingSteps(
                    new float[channels], new float[channels], new float[channels], new float[channels]);
            for (int c = 0; c < channels; c++) {
                double unit = unit(scaling.deviation().get(c));
                double mean = scaling.mean().get(c) * unit;
                double deviation = scaling.deviation().get(c) * unit;
                float offset = (float) mean;
                steps.unit[c] = (float) unit;
                steps.offset[c] = offset;
                steps.rest[c] = Math.abs(mean - offset) > MIN_REST * deviation ? (float) (mean - offset) : 0;
                steps.factor[c] = (float) (1 / deviation);
            }
            return steps;
        }

        private static double unit(double deviation) {
            int exponent = Math.getExponent(deviation);
            if (exponent < -MAX_EXPONENT) {
                return OTHER_UNIT;
            }
            return exponent > MAX_EXPONENT ? 1 / OTHER_UNIT : 1;
        }

        /** Scales {@code values[from]} to {@code values[to − 1]}, all of one channel. */
        void apply(int channel, float[] values, int from, int to) {
            float times = unit[channel];
            float less = offset[channel];
            float lessBesides = rest[channel];
            float by = factor[channel];
            for (int i = from; i < to; i++) {
                values[i] = ((values[i] * times - less) - lessBesides) * by;
            }
        }
    }
}
