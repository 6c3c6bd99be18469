package io.retort.run.record;

import io.retort.storage.Json;
import io.retort.storage.Lease;
import io.retort.storage.StoreReferences;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;

/** The entries that a run uses: {@code <run>/uses.json}, written before it looks for them, against cleaning. */
public final class RunReferences implements StoreReferences {
    public static final String FILE = "uses.json";

    /** Longer than any cleaning takes whose process still lives. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    private final RunContext context;
    private final Path file;
    private final TreeSet<String> entries = new TreeSet<>();

    RunReferences(RunContext context, Path run) {
        this.context = context;
        this.file = new Path(run, FILE);
    }

    /**
     * The content of the file.
     *
     * @param entries paths below the root; a list of shards stands for its shards, a directory of labels for those of
     *     the run's shards
     */
    public record Uses(int version, List<String> entries) {
        public static final int VERSION = 1;
    }

    @Override
    public synchronized void announce(List<String> further) {
        if (entries.addAll(further)) {
            context.storage().write(file, Json.file(new Uses(Uses.VERSION, List.copyOf(entries))));
            awaitCleaning(context);
        }
    }

    /** The lease of a root: a cleaning holds it while it removes, and runs wait for its end. */
    public static Path cleaningLease(Path root) {
        return new Path(root, "leases/clean");
    }

    /** Waits while a cleaning is at work on a root. */
    private static void awaitCleaning(RunContext context) {
        Path lease = cleaningLease(context.root());
        Optional<String> holder = Lease.holder(context.storage(), lease).map(Object::toString);
        if (holder.isEmpty()) {
            return;
        }
        context.progress().say("waiting for retort clean, " + holder.get());
        Lease.Terms terms = new Lease.Terms(Lease.Terms.USUAL.period(), PATIENCE);
        Lease.acquire(context.storage(), lease, "waiting for retort clean", terms, context.clock())
                .close();
    }
}
