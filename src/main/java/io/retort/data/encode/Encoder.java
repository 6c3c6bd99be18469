package io.retort.data.encode;

import io.retort.predict.BatchTensor;
import io.retort.predict.RowBatch;
import java.io.Serializable;
import java.util.List;

/**
 * Makes the values of one input of a model from the columns of a row. It is immutable: any number of threads may use
 * it, and it travels to executors.
 */
public interface Encoder extends Serializable {
    /** The sizes of what it makes of a row, none of them open. */
    List<Integer> sizes();

    /** Encodes rows in memory of its own: one thread at a time may use it. */
    Work work();

    /** An encoder at work. */
    @FunctionalInterface
    interface Work {
        /** Writes a row of a batch to row {@code at} of the tensor. */
        void encode(RowBatch rows, int row, BatchTensor into, int at);
    }
}
