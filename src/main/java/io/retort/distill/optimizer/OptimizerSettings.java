package io.retort.distill.optimizer;

import java.io.Serializable;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/** The settings of an optimiser in a recipe. */
public interface OptimizerSettings extends Serializable {
    IUpdater create(ISchedule learningRate);

    /**
     * By what the learning rate is multiplied where each of {@code replicas} makes steps of its own with a part of the batch, and the steps are averaged.
     *
     * <p>1 where a step is proportional to the gradient, since then the mean of the steps is the step of the whole batch.
     */
    default double rateOfAveraged(int replicas) {
        return 1;
    }
}
