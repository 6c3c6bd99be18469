package io.retort.compress;

import io.retort.data.Samples;
import java.io.Serializable;
import java.util.List;

/** Training samples to measure a network on. */
public interface Calibration {
    /** Something that is done with the first {@code count} samples of a shard. */
    @FunctionalInterface
    interface Work<R extends Serializable> extends Serializable {
        R on(Samples samples, int count);
    }

    /**
     * Does work on the {@link Portion portions} of shards that together hold {@code samples}, or on all where there are fewer, on the executors.
     *
     * @return the results in the shards' order
     */
    <R extends Serializable> List<R> perShard(int samples, Work<R> work);
}
