package io.retort.compress;

import io.retort.data.Samples;
import java.io.Serializable;
import java.util.List;

/** Training samples to fit a compressed network to: a {@link io.retort.data.shard.RowSample} of all there are, so that none is more likely than another. */
public interface Calibration {
    /** About what is given to a network at once. */
    int BATCH = 64;

    /** Something that is done with samples. What is large is shared, and travels to each executor once. */
    @FunctionalInterface
    interface Work<S extends Serializable, R extends Serializable> extends Serializable {
        R on(S shared, Samples samples);
    }

    /**
     * Does work, on the executors, on portions that together hold {@code samples}, or all where there are fewer.
     *
     * @return the results in the portions' order
     */
    <S extends Serializable, R extends Serializable> List<R> perPortion(S shared, int samples, Work<S, R> work);

    /** How many samples there are. */
    long available();

    /** Those of these samples that have a label; all where no sample is meant to have one. */
    default Calibration labelled() {
        return this;
    }

    /** The samples on which alternatives are compared: those of the validation split where there is one, otherwise these. */
    default Calibration choosing() {
        return this;
    }

    /** Something that is tried on samples. */
    @FunctionalInterface
    interface Trial<S extends Serializable, I extends Serializable, R extends Serializable> extends Serializable {
        R of(S shared, I input, Samples samples);
    }

    /**
     * Tries each input, on the executors a task each, on the samples that {@link #perPortion} would look at. Those pass through the driver, and travel to each
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
        return Samples.joined(perPortion(nothing, samples, (shared, portion) -> portion));
    }
}
