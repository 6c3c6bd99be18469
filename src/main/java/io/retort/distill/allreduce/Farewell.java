package io.retort.distill.allreduce;

import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;

/** Keeps a JVM from closing its connections, which drops unread messages, before the others have read them. */
final class Farewell {
    private static final Duration MAX_PATIENCE = Duration.ofSeconds(5);

    private final BitSet needing;
    private final Duration patience;

    /** @param others by number, who may need this JVM */
    Farewell(BitSet others, Duration patience) {
        this.needing = (BitSet) others.clone();
        this.patience = patience.compareTo(MAX_PATIENCE) < 0 ? patience : MAX_PATIENCE;
    }

    synchronized void release(int jvm) {
        needing.clear(jvm);
        notifyAll();
    }

    /** Waits until nobody needs this JVM, but not for one that hangs. */
    synchronized void await() {
        long start = System.nanoTime();
        long left = patience.toMillis();
        while (!needing.isEmpty() && left > 0) {
            try {
                TimeUnit.MILLISECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            left = patience.minusNanos(System.nanoTime() - start).toMillis();
        }
    }
}
