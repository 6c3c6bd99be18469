package io.retort.clean;

import io.retort.run.record.RunDirectory;
import io.retort.run.record.RunReferences;
import io.retort.storage.ArtifactException;
import io.retort.storage.Lease;
import io.retort.storage.Storage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;

/**
 * Removes old runs from a root, and from its store what no run that stays needs.
 *
 * <p>A run announces its entries before it looks for them ({@link RunReferences}), and then waits while a cleaning
 * holds the root's lease; a cleaning takes the lease before it reads what runs use. So either the cleaning sees the
 * use, or the run looks after the cleaning has ended: never is something removed between the look and the use. Entries
 * that a run has just made, and could not announce, stay by their age: nothing goes that is younger than the oldest
 * live run.
 *
 * <p>A cleaning that is killed leaves a root that works: of a run the manifest goes first, and a store lacks nothing
 * that a run does not make again. Models under {@code registry} are not touched; they hold all that they need.
 */
public final class Cleaning {
    /** Between the clock of the file system, which dates files, and this machine's. */
    private static final Duration CLOCKS_APART = Duration.ofHours(1);

    private static final int BETWEEN_LOOKS_AT_THE_LEASE = 100;

    private final Storage storage;
    private final Path root;
    private final Clock clock;
    private final Retention retention;

    public Cleaning(Storage storage, Path root, Clock clock, Retention retention) {
        this.storage = storage;
        this.root = root;
        this.clock = clock;
        this.retention = retention;
    }

    /** The report of {@link #clean} without its work; a run whose process is on another machine counts as running. */
    public CleanReport plan() {
        requireRoot();
        List<RunEntry> runs = RunEntry.of(
                storage,
                root,
                run -> Lease.holder(storage, RunDirectory.lease(run)).isPresent());
        return sweep(choose(runs), runs, path -> {});
    }

    /**
     * Cleans.
     *
     * @throws Lease.HeldException while another cleaning is at work
     */
    public CleanReport clean() {
        requireRoot();
        List<Lease> leasesOfTheDead = new ArrayList<>();
        try (Lease lease =
                Lease.acquire(storage, RunReferences.cleaningLease(root), "retort clean", Lease.Terms.USUAL, clock)) {
            List<RunEntry> runs = RunEntry.of(storage, root, run -> isAlive(run, leasesOfTheDead));
            RunChoice choice = choose(runs);
            lease.requireHeld();
            choice.going().forEach(this::remove);
            AtomicLong removed = new AtomicLong();
            return sweep(choice, runs, path -> {
                if (removed.getAndIncrement() % BETWEEN_LOOKS_AT_THE_LEASE == 0) {
                    lease.requireHeld();
                }
                storage.delete(path);
            });
        } finally {
            leasesOfTheDead.forEach(Lease::close);
        }
    }

    /** A misspelt root is not clean. */
    private void requireRoot() {
        if (!storage.exists(root)) {
            throw new ArtifactException(root + " does not exist; name the directory that runs write to with --root");
        }
    }

    /** Takes the lease of a run whose process is gone, so that it cannot go on when it was only asleep. */
    private boolean isAlive(Path run, List<Lease> leasesOfTheDead) {
        try {
            leasesOfTheDead.add(
                    Lease.acquire(storage, RunDirectory.lease(run), "retort clean", Lease.Terms.USUAL, clock));
            return false;
        } catch (Lease.HeldException e) {
            return true;
        }
    }

    private RunChoice choose(List<RunEntry> runs) {
        RunChoice choice = new RunChoice(runs, retention, clock.instant(), storage);
        retention.maxBytes().ifPresent(most -> fit(choice, runs, most));
        return choice;
    }

    /** Gives up the fewest of the oldest runs with which the rest fits; all that may go where even then it does not. */
    private void fit(RunChoice choice, List<RunEntry> runs, long most) {
        List<RunEntry> expendable = choice.expendable();
        int few = 0;
        int many = expendable.size();
        while (few < many) {
            int middle = (few + many) / 2;
            List<RunEntry> staying = new ArrayList<>(choice.staying());
            staying.removeAll(expendable.subList(0, middle));
            if (bytes(staying, runs) <= most) {
                many = middle;
            } else {
                few = middle + 1;
            }
        }
        String reason = "the limit of bytes leaves no place";
        expendable.subList(0, few).forEach(run -> choice.giveUp(run, reason));
    }

    private long bytes(List<RunEntry> staying, List<RunEntry> runs) {
        long ofStore = sweep(staying, runs, path -> {}).stream()
                .mapToLong(CleanReport.Kind::stayBytes)
                .sum();
        return ofStore + staying.stream().mapToLong(RunEntry::bytes).sum();
    }

    private CleanReport sweep(RunChoice choice, List<RunEntry> runs, Consumer<Path> unneeded) {
        List<CleanReport.Kind> kinds = sweep(choice.staying(), runs, unneeded);
        List<CleanReport.Run> lines = runs.stream()
                .map(run -> new CleanReport.Run(
                        run.entry(),
                        run.state().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        run.started().toString(),
                        run.bytes(),
                        choice.of(run).fate(),
                        choice.of(run).reason()))
                .toList();
        long stayBytes = new CleanReport(lines, kinds, 0).stayBytes();
        long most = retention.maxBytes().orElse(Long.MAX_VALUE);
        return new CleanReport(lines, kinds, Math.max(0, stayBytes - most));
    }

    private List<CleanReport.Kind> sweep(List<RunEntry> staying, List<RunEntry> runs, Consumer<Path> unneeded) {
        Instant oldestLive = runs.stream()
                .filter(run -> run.state() == RunEntry.State.RUNNING)
                .map(RunEntry::started)
                .min(Comparator.naturalOrder())
                .orElse(clock.instant());
        LiveReferences needed = LiveReferences.by(staying, storage, root);
        return new StoreSweep(storage, root, needed, oldestLive.minus(CLOCKS_APART), unneeded).sweep();
    }

    /** First the file that stands for all others. */
    private void remove(RunEntry run) {
        storage.delete(new Path(run.directory(), RunDirectory.MANIFEST));
        storage.delete(run.directory());
    }

    /**
     * The limits within which runs are kept. Whatever they are, the newest finished run of each name stays, and so does
     * what is running and what a run that stays uses.
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

    /**
     * The runs and entries that a cleaning removed, or would remove, and those that stay.
     *
     * @param maxBytesMissed by how many bytes what stays exceeds the limit of bytes, 0 where it does not
     */
    public record CleanReport(List<Run> runs, List<Kind> store, long maxBytesMissed) {
        /** The fate of a run. */
        public enum Fate {
            STAYS,
            GOES
        }

        /**
         * A run.
         *
         * @param run its path below the root
         * @param state its end: done, failed, running, killed or half-removed
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
}
