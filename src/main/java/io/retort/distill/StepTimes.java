package io.retort.distill;

import java.io.Serializable;

/**
 * Where the time of ranks goes while they make optimiser steps together, in nanoseconds of all of them.
 *
 * @param computing gradients, and the steps by them
 * @param rows waiting for the next micro-batch to be read and decoded
 * @param others handing in gradients, and waiting for those of the other ranks
 */
public record StepTimes(long computing, long rows, long others) implements Serializable {
    public static final StepTimes NONE = new StepTimes(0, 0, 0);

    public StepTimes plus(StepTimes more) {
        return new StepTimes(computing + more.computing, rows + more.rows, others + more.others);
    }

    /** Of all the time, the part in which ranks waited for rows; 0 where there was none. */
    public double waitingForRows() {
        return part(rows);
    }

    /** Of all the time, the part that exchanging gradients cost; 0 where there was none. */
    public double waitingForOthers() {
        return part(others);
    }

    private double part(long nanos) {
        return (double) nanos / Math.max(1, computing + rows + others);
    }
}
