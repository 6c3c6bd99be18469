package io.retort.report;

import java.util.Locale;

/** Counts, shares, times and sizes as reports and commands write them. */
public final class Amounts {
    private static final int MINUTE = 60;
    private static final int HOUR = 3600;
    private static final int DAY = 86_400;

    private Amounts() {}

    /** {@code 60,000}. */
    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** {@code 92.31 %} of a fraction from 0 to 1. */
    public static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * fraction);
    }

    /** Milliseconds to the microsecond, without their unit: {@code 0.412}. */
    public static String millis(double millis) {
        return String.format(Locale.ROOT, "%.3f", millis);
    }

    /** {@code 1.5 GiB}. */
    public static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        int unit = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        return String.format(Locale.ROOT, "%.1f %ciB", bytes / (double) (1L << (10 * unit)), "KMGTPE".charAt(unit - 1));
    }

    /** Three digits, or all before the point: {@code 0.42}, {@code 17.3}, {@code 1,250}. */
    public static String figure(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
    }

    /** {@code 0.42 s}, {@code 17.3 s}, {@code 3 min 20 s}, {@code 5 h 7 min} or {@code 12.0 days}. */
    public static String duration(double seconds) {
        return seconds < MINUTE - 0.05 ? figure(Math.max(0, seconds)) + " s" : wholeSeconds(Math.round(seconds));
    }

    /** {@code 41 s}, and from a minute as {@link #duration}. */
    public static String wholeSeconds(long seconds) {
        if (seconds < MINUTE) {
            return Math.max(0, seconds) + " s";
        } else if (seconds < HOUR) {
            return seconds / MINUTE + " min " + seconds % MINUTE + " s";
        }
        return seconds < 2 * DAY
                ? seconds / HOUR + " h " + seconds % HOUR / MINUTE + " min"
                : figure((double) seconds / DAY) + " days";
    }
}
