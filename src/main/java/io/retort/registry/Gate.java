package io.retort.registry;

import io.retort.config.Decimals;
import java.util.Locale;

/**
 * One condition on a challenger, with its measurement.
 *
 * @param name of the condition
 * @param value the measurement
 * @param bound on which side of the threshold it must be
 * @param threshold that it must not pass; on the threshold is good enough
 * @param reason where the threshold comes from
 */
public record Gate(String name, double value, Bound bound, double threshold, String reason, Verdict verdict) {
    /** A side of a threshold. */
    public enum Bound {
        AT_LEAST("at least"),
        AT_MOST("at most");

        private final String words;

        Bound(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** The outcome. */
    public enum Verdict {
        PASSED,
        REFUSED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Gate atLeast(String name, double value, double threshold, String reason) {
        return new Gate(
                name,
                value,
                Bound.AT_LEAST,
                threshold,
                reason,
                Decimals.atLeast(value, threshold) ? Verdict.PASSED : Verdict.REFUSED);
    }

    /** A condition whose measure must not exceed the threshold. */
    public static Gate atMost(String name, double value, double threshold, String reason) {
        return new Gate(
                name,
                value,
                Bound.AT_MOST,
                threshold,
                reason,
                Decimals.atMost(value, threshold) ? Verdict.PASSED : Verdict.REFUSED);
    }

    public boolean passed() {
        return verdict == Verdict.PASSED;
    }

    /** {@code accuracy was 0.8712, must be at least 0.8893 (champion 4 had 0.8913; margin 0.002)}. */
    public String sentence() {
        return name + " was " + figure(value) + ", must be " + bound + " " + figure(threshold) + " (" + reason + ")";
    }

    /** A figure with as many digits as are of use. */
    public static String figure(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
