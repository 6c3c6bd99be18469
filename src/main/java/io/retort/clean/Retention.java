package io.retort.clean;

import java.time.Duration;
import java.util.Optional;

/**
 * The limits within which runs are kept. Whatever they are, the newest finished run of each name stays, and so does what is running and what a run that
 * stays uses.
 *
 * @param olderThan runs that began longer ago go
 * @param keepRuns finished runs of each name; older ones beyond them go
 * @param maxBytes of all runs and the store together; the oldest runs go until it holds
 */
public record Retention(Duration olderThan, Optional<Integer> keepRuns, Optional<Long> maxBytes) {
    public Retention {
        if (olderThan.isNegative()) {
            throw new IllegalArgumentException("older-than must not be negative, was " + olderThan);
        }
        if (keepRuns.isPresent() && keepRuns.get() < 1) {
            throw new IllegalArgumentException("keep-runs must be at least 1, was " + keepRuns.get());
        }
        if (maxBytes.isPresent() && maxBytes.get() < 0) {
            throw new IllegalArgumentException("max-bytes must not be negative, was " + maxBytes.get());
        }
    }
}
