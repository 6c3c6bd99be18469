package io.retort.registry;

import java.util.List;

/**
 * How far the mean of one feature of new samples lies from that of the samples that the champion learned from, in deviations: the standardised mean difference
 * {@code |m − m₀| / √((s² + s₀²) / 2)} (Cohen 1988, "Statistical Power Analysis for the Behavioral Sciences", section 2.5.1; d), which no change of unit moves.
 *
 * <p>Where both are constant and differ there is no deviation to measure with, and the value is {@value #OF_CONSTANTS}.
 *
 * @param name of the column, or of the channel where features have no names
 */
public record FeatureShift(String name, double value) {
    static final double OF_CONSTANTS = 1e6;

    /** That of two means with their deviations. */
    public static double between(double mean, double deviation, double otherMean, double otherDeviation) {
        double apart = Math.abs(mean - otherMean);
        if (apart == 0) {
            return 0;
        }
        double pooled = Math.sqrt((deviation * deviation + otherDeviation * otherDeviation) / 2);
        return Math.min(OF_CONSTANTS, apart / pooled);
    }

    /** {@code age 3.2000, height 1.1000}. */
    public static String listed(List<FeatureShift> shifts) {
        return String.join(
                ", ",
                shifts.stream()
                        .map(shift -> shift.name() + " " + Gate.figure(shift.value()))
                        .toList());
    }
}
