package io.retort.distill.optimizer;

import java.io.Serializable;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/** The settings of an optimiser in a recipe. */
public interface OptimizerSettings extends Serializable {
    IUpdater create(ISchedule learningRate);
}
