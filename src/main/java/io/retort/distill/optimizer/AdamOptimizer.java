package io.retort.distill.optimizer;

import io.retort.config.SettingException;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/** Kind {@code adam} (Kingma and Ba 2015, arXiv:1412.6980). */
public final class AdamOptimizer {
    /** Beta1 0.9, beta2 0.999 and epsilon 1e-8 are the paper's. */
    public record Settings(double beta1, double beta2, double epsilon) implements OptimizerSettings {
        public Settings {
            Optimizers.requireFraction("beta1", beta1);
            Optimizers.requireFraction("beta2", beta2);
            if (!(epsilon > 0)) {
                throw new SettingException("epsilon", "must be > 0, was " + epsilon);
            }
        }

        @Override
        public IUpdater create(ISchedule learningRate) {
            return Adam.builder()
                    .learningRate(learningRate.valueAt(0, 0))
                    .learningRateSchedule(learningRate)
                    .beta1(beta1)
                    .beta2(beta2)
                    .epsilon(epsilon)
                    .build();
        }

        /**
         * {@code √replicas}: Adam divides by the root of the gradient's mean square, which is mostly noise, and that of a part of the batch is so much greater
         * (Malladi, Lyu, Panigrahi, Arora 2022, arXiv:2205.10287).
         */
        @Override
        public double rateOfAveraged(int replicas) {
            return Math.sqrt(replicas);
        }
    }

    private AdamOptimizer() {}
}
