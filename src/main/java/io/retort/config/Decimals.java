package io.retort.config;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Ratios and thresholds as they were written, in decimals: 0.29 of 100 is 29, although the double nearest to 0.29,
 * times 100, is less.
 *
 * <p>A double stands for the shortest decimal that names it, as {@link Double#toString} writes it.
 */
public final class Decimals {
    /**
     * Two numbers that are computed as differences of a few doubles up to 1, or of larger ones by the larger, are equal
     * within this. Shares of up to 10⁹ rows and decimals of up to five digits are equal or differ by more.
     */
    private static final double ROUNDING = 1e-14;

    private Decimals() {}

    /** {@code ratio · count}: the double nearest to the exact product. */
    public static double product(double ratio, long count) {
        return exactly(ratio, count).doubleValue();
    }

    /** The part of a count, rounded to the nearest whole number, halves up: {@code ⌊ratio · count + ½⌋}. */
    public static int part(double ratio, int count) {
        return exactly(ratio, count).setScale(0, RoundingMode.HALF_UP).intValueExact();
    }

    /** The greatest whole number that is at most {@code ratio · count}. */
    public static long most(double ratio, long count) {
        return exactly(ratio, count).setScale(0, RoundingMode.FLOOR).longValueExact();
    }

    /** Whether {@code value ≥ threshold}, or differs by rounding errors only; false of a value that is no number. */
    public static boolean atLeast(double value, double threshold) {
        return value >= threshold || threshold - value <= rounding(value, threshold);
    }

    /** Whether {@code value ≤ threshold}, likewise. */
    public static boolean atMost(double value, double threshold) {
        return atLeast(threshold, value);
    }

    private static BigDecimal exactly(double ratio, long count) {
        return BigDecimal.valueOf(ratio).multiply(BigDecimal.valueOf(count));
    }

    private static double rounding(double value, double threshold) {
        return ROUNDING * Math.max(1, Math.min(Math.abs(value), Math.abs(threshold)));
    }
}
