package io.retort.storage;

import java.time.Duration;
import java.util.Locale;

/**
 * How a lease is held and waited for.
 *
 * @param period after which a holder that has not renewed may be taken for dead; it renews three times as often
 * @param patience how long to wait for one that another holds; zero leaves at once
 */
public record LeaseTerms(Duration period, Duration patience) {
    /** For work on one machine or cluster that has nothing of its own to say: a minute, and no wait. */
    public static final LeaseTerms USUAL = new LeaseTerms(Duration.ofMinutes(1), Duration.ZERO);

    public LeaseTerms {
        if (period.compareTo(Duration.ofMillis(50)) < 0) {
            throw new IllegalArgumentException("lease must be at least 50 ms, was " + period.toMillis() + " ms");
        }
        if (patience.isNegative()) {
            throw new IllegalArgumentException("wait must not be negative, was " + patience.toMillis() + " ms");
        }
    }

    Duration betweenRenewals() {
        return period.dividedBy(3);
    }

    /** {@code 1m30s}. */
    static String text(Duration duration) {
        return duration.toString().substring(2).toLowerCase(Locale.ROOT);
    }
}
