package io.retort.distill;

import io.retort.data.shard.Dataset;
import io.retort.network.Network;
import io.retort.spark.TaskSlots;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
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

    /**
     * Where the time of ranks goes while they make optimiser steps together, in nanoseconds of all of them.
     *
     * @param computing gradients, and the steps by them
     * @param rows waiting for the next micro-batch to be read and decoded
     * @param others handing in gradients, and waiting for those of the other ranks
     */
    record StepTimes(long computing, long rows, long others) implements Serializable {
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

    /**
     * How a training went: one value of each list per epoch, the first epoch first.
     *
     * @param losses {@code Σ loss(row) / rows} over all rows of the epoch, each row at the parameters before the step that
     *     used it, without weight decay and scale penalty; in nats where the losses are, smaller is better
     * @param learningRates of the epoch's last step
     */
    record TrainingCurve(List<Double> losses, List<Double> learningRates) {
        public TrainingCurve {
            losses = List.copyOf(losses);
            learningRates = List.copyOf(learningRates);
            if (losses.size() != learningRates.size()) {
                throw new IllegalArgumentException("a curve must have a learning rate for each loss, has "
                        + learningRates.size() + " for " + losses.size());
            }
            requireFinite("losses", losses);
            requireFinite("learning rates", learningRates);
        }

        /** Before the first epoch. */
        public static TrainingCurve none() {
            return new TrainingCurve(List.of(), List.of());
        }

        public int epochs() {
            return losses.size();
        }

        /** The curve with one more epoch. */
        public TrainingCurve with(double loss, double learningRate) {
            return new TrainingCurve(appended(losses, loss), appended(learningRates, learningRate));
        }

        private static List<Double> appended(List<Double> values, double value) {
            List<Double> longer = new ArrayList<>(values);
            longer.add(value);
            return longer;
        }

        private static void requireFinite(String name, List<Double> values) {
            if (!values.stream().allMatch(Double::isFinite)) {
                throw new IllegalArgumentException("the " + name + " of a curve must be finite, were " + values);
            }
        }
    }

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
