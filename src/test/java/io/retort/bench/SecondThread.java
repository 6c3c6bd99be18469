package io.retort.bench;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One thread that stays, since the memory that ND4J works in belongs to a thread and is touched anew by each new one. */
final class SecondThread implements AutoCloseable {
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    /** Does {@code mine} on the caller's thread and {@code its} on this one, and waits for both. */
    void beside(Runnable its, Runnable mine) {
        CompletableFuture<Void> other = CompletableFuture.runAsync(its, thread);
        mine.run();
        other.join();
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
