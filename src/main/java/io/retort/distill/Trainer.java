package io.retort.distill;

import io.retort.data.shard.Dataset;
import io.retort.spark.TaskSlots;
import java.util.Optional;

/** Trains a network on Spark: how replicas are spread, fed and averaged. */
public interface Trainer {
    /**
     * Returns the trained network and its curve. The same task, with the same number of replicas, gives the same bytes, whatever failed on the way.
     *
     * @param slots whose share each Spark job of the training takes
     * @throws TrainingDivergedException where the loss is no longer finite
     */
    TrainingResult train(TrainingTask task, TaskSlots.Training slots, TrainingListener listener);

    /** The optimiser steps of one epoch, as the replica has them that has most to do. */
    int stepsPerEpoch(Dataset dataset, int batchSize);

    /** A sentence where a training with these settings is known to cost accuracy. */
    default Optional<String> warning(Dataset dataset, TrainingSettings training) {
        return Optional.empty();
    }

    /** Whether a training that was broken off goes on after its last whole epoch. */
    default boolean keepsCheckpoints() {
        return true;
    }
}
