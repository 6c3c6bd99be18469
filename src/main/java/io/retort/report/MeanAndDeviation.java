package io.retort.report;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.apache.commons.math3.stat.StatUtils;

/**
 * A figure over several seeds: the mean {@code m = Σ xᵢ / n} and the sample standard deviation
 * {@code √(Σ (xᵢ − m)² / (n − 1))}, in the unit of the values. One value has no deviation.
 */
public record MeanAndDeviation(int count, double mean, OptionalDouble deviation) {
    /** The spread of at least one value, all finite. */
    public static MeanAndDeviation of(List<Double> values) {
        double[] array = checked("values", values);
        OptionalDouble deviation =
                array.length < 2 ? OptionalDouble.empty() : OptionalDouble.of(Math.sqrt(StatUtils.variance(array)));
        return new MeanAndDeviation(array.length, StatUtils.mean(array), deviation);
    }

    /** For shares from 0 to 1: {@code 92.31 ± 0.12 %}, or {@code 92.31 %} for one value. */
    public String percent() {
        return text("%.2f", 100) + " %";
    }

    /** Mean and deviation in a format such as {@code %.3f}: {@code 0.250 ± 0.012}, or {@code 0.250} for one value. */
    public String text(String format) {
        return text(format, 1);
    }

    /** The same of mean and deviation times a factor. */
    String text(String format, double times) {
        String spread = deviation.isPresent()
                ? " ± " + String.format(Locale.ROOT, format, times * deviation.getAsDouble())
                : "";
        return String.format(Locale.ROOT, format, times * mean) + spread;
    }

    /** The values as an array, at least one and all finite. */
    static double[] checked(String what, List<Double> values) {
        if (values.isEmpty() || values.stream().anyMatch(value -> !Double.isFinite(value))) {
            throw new IllegalArgumentException(what + " must be finite numbers, at least one, were " + values);
        }
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
