package io.retort.registry;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A version that somebody took back, and by what it is known again, whatever names and times its files have.
 *
 * @param at when it was taken back, by the clock of whoever did it, ISO 8601
 * @param why it was taken back
 * @param into the version that became the champion instead
 * @param origin of the card: the digest of its training samples, teacher and student; empty for versions of programs
 *     that kept none
 * @param network the digest of its structure and parameters; empty where they cannot be read any more
 * @param shards the keys of the shards that it learned from
 */
public record Withdrawal(
        int format, int version, String at, String why, int into, String origin, String network, List<String> shards) {
    static final int FORMAT = 1;

    public Withdrawal {
        shards = List.copyOf(shards);
    }

    /** Whether a challenger of this origin would be the version again. */
    public boolean isOfOrigin(String other) {
        return !origin.isEmpty() && origin.equals(other);
    }

    /** Whether a network is that of the version. */
    public boolean hasNetwork(String fingerprint) {
        return !network.isEmpty() && network.equals(fingerprint);
    }

    /**
     * How many shards came with the version: it learned from them, and the champion did not.
     *
     * @param candidates keys of shards
     * @param champions keys of the shards that the champion learned from
     */
    public long broughtAmong(List<String> candidates, List<String> champions) {
        Set<String> brought = new HashSet<>(shards);
        champions.forEach(brought::remove);
        return candidates.stream().filter(brought::contains).count();
    }

    /** {@code version 2 was rolled back to 1 on 2031-01-02T12:00:00Z: too slow (ada)}. */
    public String sentence() {
        String second = at.replaceFirst("\\.\\d+Z$", "Z");
        return "version " + version + " was rolled back to " + into + " on " + second + ": " + why;
    }
}
