package io.retort.distill.optimizer;

import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;

/** Kind {@code sgd}: plain gradient descent. */
public final class SgdOptimizer {
    /** Nothing to set but the learning rate. */
    public record Settings() implements OptimizerSettings {
        @Override
        public IUpdater create(ISchedule learningRate) {
            return new Sgd(learningRate);
        }
    }

    private SgdOptimizer() {}
}
