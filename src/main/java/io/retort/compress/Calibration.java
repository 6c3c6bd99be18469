package io.retort.compress;

import io.retort.data.Samples;
import java.io.Serializable;
import java.util.List;

/**
 * Training samples to which a compressed network is fitted: a {@link io.retort.data.shard.RowSample} of all, so that
 * each is as likely as any other.
 */
public interface Calibration {
    /** The batch size of networks that compute with them. */
    int BATCH = 64;

    /** Work on samples. The large input is shared: it travels to each executor once. */
    @FunctionalInterface
    interface Work<S extends Serializable, R extends Serializable> extends Serializable {
        R on(S shared, Samples samples);
    }

    /**
     * Works, on the executors, on portions that together hold {@code samples}, or all where there are fewer.
     *
     * @return the results in the portions' order
     */
    <S extends Serializable, R extends Serializable> List<R> perPortion(S shared, int samples, Work<S, R> work);

    /** The number of samples. */
    long available();

    /** The samples that have a label; all of them where the target has no labels. */
    default Calibration labelled() {
        return this;
    }

    /** The samples on which alternatives are compared: the validation split where there is one, otherwise these. */
    default Calibration choosing() {
        return this;
    }

    /** A trial of one input on samples. */
    @FunctionalInterface
    interface Trial<S extends Serializable, I extends Serializable, R extends Serializable> extends Serializable {
        R of(S shared, I input, Samples samples);
    }

    /**
     * Tries each input, in a task each, on the samples of {@link #perPortion}. They pass through the driver and travel
     * to each executor once, as the shared value does.
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
