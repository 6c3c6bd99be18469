package io.retort.distill.optimizer;

import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.schedule.ISchedule;

/** Kind {@code nesterov}: gradient descent with Nesterov's momentum (Sutskever et al. 2013, section 2). */
public final class NesterovOptimizer {
    /** Momentum 0.9 is usual. */
    public record Settings(double momentum) implements OptimizerSettings {
        public Settings {
            Optimizers.requireFraction("momentum", momentum);
        }

        @Override
        public IUpdater create(ISchedule learningRate) {
            return new Nesterovs(learningRate, momentum);
        }
    }

    private NesterovOptimizer() {}
}
