package io.retort.compress;

import io.retort.data.Samples;
import java.io.Serializable;
import java.util.List;

/** Training samples to measure a network on. */
public interface Calibration {
    /** Something that is done with the first {@code count} samples of a shard. What is large is shared, and travels to each executor once. */
    @FunctionalInterface
    interface Work<S extends Serializable, R extends Serializable> extends Serializable {
        R on(S shared, Samples samples, int count);
    }

    /**
     * Does work on the {@link Portion portions} of shards that together hold {@code samples}, or on all where there are fewer, on the executors.
     *
     * @return the results in the shards' order
     */
    <S extends Serializable, R extends Serializable> List<R> perShard(S shared, int samples, Work<S, R> work);

    /** How many samples there are. */
    long available();

    /** Something that is tried on samples. */
    @FunctionalInterface
    interface Trial<S extends Serializable, I extends Serializable, R extends Serializable> extends Serializable {
        R of(S shared, I input, Samples samples);
    }

    /**
     * Tries each input, on the executors a task each, on the samples that {@link #perShard} would look at. Those pass through the driver, and travel to each
     * executor once, as what is shared does.
     *
     * @return the results in the inputs' order
     */
    default <S extends Serializable, I extends Serializable, R extends Serializable> List<R> perInput(
            S shared, List<I> inputs, int samples, Trial<S, I, R> trial) {
        Samples some = joined(samples);
        return inputs.stream().map(input -> trial.of(shared, input, some)).toList();
    }

    /** The samples of all portions. */
    default Samples joined(int samples) {
        String nothing = "";
        return Samples.joined(perShard(nothing, samples, (shared, shard, count) -> shard.first(count)));
    }
}
