package io.retort.distill.allreduce;

import io.retort.distill.allreduce.AllReduce.GangFailedException;
import io.retort.distill.allreduce.PartialSums.Vectors;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The ranks of a gang that run in one JVM.
 *
 * <p>Ranks may be one step apart: one adds to the next step while another still reads the sum of this one. Never two,
 * for the next step is finished after all ranks have added to it, and so let go of the sum before. That is why there
 * are two of everything that belongs to a step, by the step's parity.
 */
final class Gang implements Exchange.Outcome, AutoCloseable {
    private static final long LOOK_MILLIS = 1000;

    private final BitSet own;
    private final Duration patience;
    private final Exchange exchange;
    private final Vectors vectors;
    private final PartialSums[] partial;
    private final BitSet[] given = {new BitSet(), new BitSet()};
    private final BitSet claimed = new BitSet();
    private final BitSet gone = new BitSet();
    private final float[][] totals = new float[2][];
    private long finished = -1;
    private String failure = "";
    private Throwable cause;
    private boolean timedOut;

    /**
     * @param lanes how many all ranks of all JVMs have
     * @param own those of this JVM's ranks
     * @param patience how long a rank waits for the sum of a step
     */
    Gang(int lanes, BitSet own, int length, Duration patience, Exchange exchange) {
        this.own = own;
        this.patience = patience;
        this.exchange = exchange;
        vectors = new Vectors(length);
        LaneTree tree = new LaneTree(lanes);
        int[] tops = tree.tops(own);
        partial = new PartialSums[] {new PartialSums(tree, tops, vectors), new PartialSums(tree, tops, vectors)};
        exchange.open(this);
    }

    /**
     * @param watch is run about every second while the rank waits, and may throw to end that
     * @param closed is run once, where the rank is closed
     */
    AllReduce rank(Lanes lanes, Runnable watch, Runnable closed) {
        synchronized (this) {
            if (lanes.set().intersects(claimed)) {
                throw new IllegalArgumentException("two ranks have lanes in common: one of them has the " + lanes);
            }
            claimed.or(lanes.set());
        }
        return new Rank(lanes, watch, closed);
    }

    @Override
    public synchronized void finished(long step, float[] sum) {
        totals[parity(step)] = sum;
        finished = step;
        partial[parity(step + 1)].clear();
        given[parity(step + 1)].clear();
        notifyAll();
    }

    @Override
    public void failed(String reason) {
        fail(reason, null);
    }

    private synchronized boolean fail(String reason, Throwable because) {
        if (!failure.isEmpty()) {
            return false;
        }
        failure = reason;
        cause = because;
        notifyAll();
        return true;
    }

    /** Where it is the first that fails, all ranks fail with this reason. */
    void abort(String reason, Throwable because) {
        if (fail(reason, because)) {
            exchange.abort(reason);
        }
    }

    private synchronized void requireSound() {
        if (!failure.isEmpty()) {
            throw failure();
        }
    }

    private synchronized GangFailedException failure() {
        return new GangFailedException(failure, cause, timedOut);
    }

    private synchronized void leave(Lanes lanes) {
        gone.or(lanes.set());
        notifyAll();
    }

    @Override
    public void close() {
        exchange.close();
    }

    private static int parity(long step) {
        return (int) (step & 1);
    }

    private void add(long step, int lane, float[] values) {
        synchronized (this) {
            requireSound();
            given[parity(step)].set(lane);
        }
        PartialSums sums = partial[parity(step)];
        if (sums.addLane(lane, values)) {
            exchange.start(step, sums);
        }
    }

    private float[] await(long step, Runnable watch) {
        long start = System.nanoTime();
        String reason = "";
        synchronized (this) {
            while (finished < step && reason.isEmpty()) { // a failure after the step has finished is none of this step
                requireSound();
                BitSet ended = missing(step);
                ended.and(gone);
                long left = patience.minusNanos(System.nanoTime() - start).toMillis();
                if (!ended.isEmpty()) {
                    reason = "the rank of " + Lanes.text(ended) + " ended before step " + step;
                } else if (left <= 0) {
                    timedOut = true;
                    reason = "no sum of step " + step + " after " + patience.toSeconds() + " s: " + lack(step);
                } else {
                    watch.run();
                    waitFor(Math.min(left, LOOK_MILLIS));
                }
            }
            if (finished >= step) {
                return totals[parity(step)];
            }
        }
        abort(reason, null);
        throw failure();
    }

    private void waitFor(long millis) {
        try {
            TimeUnit.MILLISECONDS.timedWait(this, millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the other ranks", e);
        }
    }

    /** Lanes of this JVM. */
    private BitSet missing(long step) {
        BitSet missing = (BitSet) own.clone();
        missing.andNot(given[parity(step)]);
        return missing;
    }

    private String lack(long step) {
        BitSet missing = missing(step);
        return missing.isEmpty() ? exchange.missing(step) : "the vectors of " + Lanes.text(missing) + " are missing";
    }

    private final class Rank implements AllReduce {
        private final Lanes lanes;
        private final Runnable watch;
        private final Runnable whenClosed;
        private final BitSet added = new BitSet();
        private final AtomicBoolean closed = new AtomicBoolean();
        private long step;

        private Rank(Lanes lanes, Runnable watch, Runnable whenClosed) {
            this.lanes = lanes;
            this.watch = watch;
            this.whenClosed = whenClosed;
        }

        @Override
        public void add(int lane, float[] values) {
            if (!lanes.contains(lane)) {
                throw new IllegalArgumentException("lane " + lane + " is none of this rank's " + lanes);
            }
            if (values.length != vectors.length()) {
                throw new IllegalArgumentException(
                        "the vector of a lane must have " + vectors.length() + " values, had " + values.length);
            }
            if (added.get(lane)) {
                throw new IllegalStateException("lane " + lane + " was added twice in step " + step);
            }
            added.set(lane);
            Gang.this.add(step, lane, values);
        }

        @Override
        public float[] sum() {
            if (added.cardinality() < lanes.own()) {
                throw new IllegalStateException("only " + added.cardinality() + " of this rank's " + lanes
                        + " were added before the sum of step " + step);
            }
            float[] sum = await(step, watch);
            added.clear();
            step++;
            return sum;
        }

        @Override
        public void abort(Throwable because) {
            if (!closed.get()) {
                Gang.this.abort("the rank of " + lanes + " failed: " + because, because);
            }
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                leave(lanes);
                whenClosed.run();
            }
        }
    }
}
