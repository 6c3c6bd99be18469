package io.retort.engine;

import java.io.Serializable;

/** What a network is trained to minimise at its logits. */
public interface LogitsLoss extends Serializable {
    /**
     * Returns the mean loss of some rows and adds its gradient by the logits to {@code gradient}.
     *
     * @param logits {@code [rows, classes]}, row-major
     * @param targets of the rows, one after the other, as {@link Batch#targets} has them
     * @param iteration the optimiser steps behind, with which weights and temperatures may move
     */
    double evaluate(int rows, double[] logits, double[] targets, double[] gradient, int iteration);
}
