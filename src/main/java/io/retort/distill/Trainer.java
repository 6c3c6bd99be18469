package io.retort.distill;

import io.retort.data.shard.Dataset;
import io.retort.network.Network;
import io.retort.spark.TaskSlots;
import java.util.Optional;

/** Trains a network on Spark: how replicas are spread, fed and averaged. */
public interface Trainer {
    /**
     * Returns the trained network and its curve. The same task, with the same number of replicas, gives the same bytes,
     * whatever failed on the way.
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

    /** A trained network, and how its loss went, epochs before a resumption included. */
    record TrainingResult(Network network, TrainingCurve curve) {}

    /** Hears of a training's progress, on the driver. */
    interface TrainingListener {
        /** The training begins or goes on, on this engine, in words for people. */
        default void computedBy(String engine) {}

        /**
         * A Spark job of the training has ended that made steps together.
         *
         * @param ranks that share each optimiser step
         * @param lanes the most ranks that could
         * @param slots that the job could have used
         * @param times of its ranks
         */
        default void spread(int ranks, int lanes, int slots, StepTimes times) {}

        /**
         * A Spark job of the training has ended: some steps, or a round of averaging.
         *
         * @param epoch from 0
         * @param samples seen by all replicas in it
         * @param loss their mean loss
         */
        void roundFinished(int epoch, long samples, double loss);

        /**
         * An epoch has ended and its checkpoint is written.
         *
         * @param epoch from 0
         * @param loss the mean over its rows
         * @param learningRate of its last step
         */
        void epochFinished(int epoch, double loss, double learningRate);

        /** A training continues from a checkpoint; {@code epochs} of it need not be done again. */
        void resumed(int epochs);
    }
}
