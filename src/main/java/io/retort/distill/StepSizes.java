package io.retort.distill;

import java.io.Serializable;

/**
 * How many rows of an epoch each lane has, and how many of them each optimiser step takes: equal parts, one row more or less, so that no batch is small.
 *
 * @param rows of the epoch
 * @param steps of the epoch
 */
record StepSizes(long rows, int lanes, int steps) implements Serializable {
    /** As few steps as batches of at most this size allow. */
    static StepSizes of(long rows, int lanes, int batchSize) {
        return new StepSizes(rows, lanes, Math.toIntExact((rows + batchSize - 1) / batchSize));
    }

    /** The rows of all lanes before this one. */
    long before(int lane) {
        return rows * lane / lanes;
    }

    /** The rows of a lane that are used up before a step of the epoch. */
    long before(int lane, int step) {
        return (before(lane + 1) - before(lane)) * step / steps;
    }

    /** The rows that a step takes of a lane: its micro-batch; there may be none. */
    int at(int lane, int step) {
        return Math.toIntExact(before(lane, step + 1) - before(lane, step));
    }

    /** The rows of a step's whole batch. */
    int at(int step) {
        int batch = 0;
        for (int lane = 0; lane < lanes; lane++) {
            batch += at(lane, step);
        }
        return batch;
    }
}
