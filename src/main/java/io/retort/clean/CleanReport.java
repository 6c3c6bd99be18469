package io.retort.clean;

import java.util.List;

/**
 * What a cleaning removed, or would remove, and what stays.
 *
 * @param maxBytesMissed by how many bytes what stays exceeds the limit of bytes, 0 where it does not
 */
public record CleanReport(List<Run> runs, List<Kind> store, long maxBytesMissed) {
    /** What becomes of a run. */
    public enum Fate {
        STAYS,
        GOES
    }

    /**
     * A run.
     *
     * @param run its path below the root
     * @param state what became of it: done, failed, running, killed or half-removed
     */
    public record Run(String run, String state, String started, long bytes, Fate fate, String reason) {}

    /** The entries of one kind in the store. */
    public record Kind(String kind, long stay, long stayBytes, long go, long goBytes) {}

    public long stayBytes() {
        return bytes(Fate.STAYS) + store.stream().mapToLong(Kind::stayBytes).sum();
    }

    public long goBytes() {
        return bytes(Fate.GOES) + store.stream().mapToLong(Kind::goBytes).sum();
    }

    private long bytes(Fate fate) {
        return runs.stream()
                .filter(run -> run.fate() == fate)
                .mapToLong(Run::bytes)
                .sum();
    }
}
