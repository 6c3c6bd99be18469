package io.retort.engine.dl4j;

import org.nd4j.linalg.lossfunctions.ILossFunction;

/** A loss that moves over the training. {@link LogitsHead} asks it for what it is at each optimiser step. */
public interface TimedLoss extends ILossFunction {
    /** The loss where {@code iteration} optimiser steps are behind, by the count that a {@link TrainingState} carries. */
    ILossFunction at(int iteration);
}
