package io.retort;

import java.util.concurrent.TimeUnit;

/** How a test ends the processes that it started. */
public final class Processes {
    private static final long PATIENCE_SECONDS = 20;

    private Processes() {}

    /** Waits for a process that was told to end, and ends one that does not. */
    public static void awaitEnd(Process process) {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
