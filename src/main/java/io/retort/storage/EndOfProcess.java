package io.retort.storage;

import java.util.concurrent.TimeUnit;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * Work at the end of the process from outside, by Ctrl-C or a scheduler, while Spark and the file systems work: Hadoop
 * ends both in hooks of its own, after these. Closed, it is not done any more.
 */
public final class EndOfProcess implements AutoCloseable {
    /** Spark stops at 40 and file systems are closed at 10; greater numbers go first. */
    private static final int BEFORE_SPARK = 100;

    private static final long MAX_SECONDS = 10;

    private final Runnable work;

    private EndOfProcess(Runnable work, int order) {
        this.work = work;
        ShutdownHookManager.get().addShutdownHook(work, BEFORE_SPARK + order, MAX_SECONDS, TimeUnit.SECONDS);
    }

    /** Lets others be quiet, before anything else. */
    public static EndOfProcess first(Runnable work) {
        return new EndOfProcess(work, 2);
    }

    /** Notes the work that was under way. */
    public static EndOfProcess next(Runnable work) {
        return new EndOfProcess(work, 1);
    }

    /** Gives back leases. */
    public static EndOfProcess last(Runnable work) {
        return new EndOfProcess(work, 0);
    }

    /** Whether the process is being ended: what fails now fails for that. */
    public static boolean begun() {
        return ShutdownHookManager.get().isShutdownInProgress();
    }

    @Override
    public void close() {
        if (!begun()) {
            ShutdownHookManager.get().removeShutdownHook(work);
        }
    }
}
