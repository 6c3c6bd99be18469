package io.retort.network;

/**
 * An {@link InputScaling} in float32, the same steps for whoever computes it: {@code ((x · unit − offset) − rest) · factor}, by channel.
 *
 * <p>A float holds the difference of two near ones exactly, but not every mean: rest is what offset lacks of it, and 0 unless that shows beside the deviation, as
 * in a column of 10⁹ and a small variation. Unit is 1 unless the deviation's inverse is near the ends of what a float holds; then it is a power of two, which
 * changes no digit.
 */
@SuppressWarnings("ArrayRecordComponent") // numbers of thousands of channels, compared by nobody
public record ScalingSteps(float[] unit, float[] offset, float[] rest, float[] factor) {
    /** Deviations from {@code 2⁻¹⁰⁰} to {@code 2¹⁰⁰} need no other unit. */
    private static final int GREATEST_EXPONENT = 100;

    private static final double OTHER_UNIT = 0x1p64;

    /** What a mean may lack, by the deviation. */
    private static final double LEAST_REST = 0x1p-12;

    public static ScalingSteps of(InputScaling scaling) {
        int channels = scaling.mean().size();
        ScalingSteps steps =
                new ScalingSteps(new float[channels], new float[channels], new float[channels], new float[channels]);
        for (int c = 0; c < channels; c++) {
            double unit = unit(scaling.deviation().get(c));
            double mean = scaling.mean().get(c) * unit;
            double deviation = scaling.deviation().get(c) * unit;
            float offset = (float) mean;
            steps.unit[c] = (float) unit;
            steps.offset[c] = offset;
            steps.rest[c] = Math.abs(mean - offset) > LEAST_REST * deviation ? (float) (mean - offset) : 0;
            steps.factor[c] = (float) (1 / deviation);
        }
        return steps;
    }

    private static double unit(double deviation) {
        int exponent = Math.getExponent(deviation);
        if (exponent < -GREATEST_EXPONENT) {
            return OTHER_UNIT;
        }
        return exponent > GREATEST_EXPONENT ? 1 / OTHER_UNIT : 1;
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
