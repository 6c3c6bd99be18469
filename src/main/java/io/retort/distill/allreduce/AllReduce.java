package io.retort.distill.allreduce;

import java.time.Duration;

/**
 * Adds up the vectors that the lanes of a gang give at each step.
 *
 * <p>The lanes are the leaves of a fixed binary tree: the lanes {@code [a, b)} are split at {@code ⌊(a + b) / 2⌋},
 * recursively, and the vector of a node is the float32 sum of its two children's. So the sum is a function of the
 * lanes' vectors alone: which rank computes which lane, and who comes first, changes no bit of it (but for the payload
 * of a NaN).
 *
 * <p>An instance belongs to one rank, and to one thread at a time, but for {@link #abort}.
 */
public interface AllReduce extends AutoCloseable {
    /**
     * Takes a lane's vector of the current step; it is copied or added before this returns. Called once per own lane
     * and step.
     *
     * @throws GangFailedException if the gang cannot go on
     */
    void add(int lane, float[] values);

    /**
     * Waits until all lanes of all ranks have given theirs, and returns their sum, the same bits for every rank. It
     * must not be written to, and is valid until this rank's next {@link #add}.
     *
     * @throws GangFailedException if another rank failed, is gone, or let this one wait for too long
     */
    float[] sum();

    /**
     * Makes the other ranks fail at once, instead of waiting for this one, which failed. No effect after
     * {@link #close}, where all steps have ended, or where the gang failed before.
     */
    void abort(Throwable cause);

    @Override
    void close();

    /** For a single rank that owns all lanes: it waits for nobody. */
    static AllReduce alone(int lanes, int length) {
        Lanes own = new Lanes(lanes, 0, lanes);
        return new Gang(lanes, own.set(), length, Duration.ZERO, Exchange.none()).rank(own, () -> {}, () -> {});
    }

    /** A rank cannot go on, for a reason that lies with another one: that failed, is gone, or does not answer. */
    final class GangFailedException extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        private final boolean timedOut;

        GangFailedException(String message, Throwable cause, boolean timedOut) {
            super(message, cause);
            this.timedOut = timedOut;
        }

        /** Whether a rank of this JVM waited in vain, so that another one may hang for ever. */
        public boolean isTimedOut() {
            return timedOut;
        }
    }
}
