package io.retort.data.encode;

import java.io.Serializable;
import java.util.List;

/** Makes the values of one input of a model from a row. It is immutable: any number of threads may use it, and it travels to executors. */
public interface Encoder extends Serializable {
    /** The sizes of what it makes of a row, none of them open. */
    List<Integer> sizes();

    /** Encodes rows in memory of its own: one thread at a time may use it. */
    Work work();

    /** An encoder at work. */
    @FunctionalInterface
    interface Work {
        /**
         * The values of the row that begins at {@code from}, unscaled and {@code [channels, height, width]} where it is an image.
         *
         * @return as many values as {@link #sizes} has, overwritten by the next call
         */
        float[] encode(float[] rows, int from);
    }
}
