package io.retort.run.record;

import io.retort.storage.Lease;
import io.retort.storage.LeaseTerms;
import java.time.Duration;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** The lease of a root: a cleaning holds it while it removes, and runs wait for its end. */
public final class CleaningLease {
    /** Longer than any cleaning takes whose process still lives. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    private CleaningLease() {}

    public static Path of(Path root) {
        return new Path(root, "leases/clean");
    }

    /** Waits while a cleaning is at work on a root. */
    static void await(RunContext context) {
        Path lease = of(context.root());
        Optional<String> holder = Lease.holder(context.storage(), lease).map(Object::toString);
        if (holder.isEmpty()) {
            return;
        }
        context.progress().say("waiting for retort clean, " + holder.get());
        LeaseTerms terms = new LeaseTerms(LeaseTerms.USUAL.period(), PATIENCE);
        Lease.acquire(context.storage(), lease, "waiting for retort clean", terms, context.clock())
                .close();
    }
}
