package io.retort.distill;

import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.config.SettingException;
import java.io.Serializable;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.schedule.ISchedule;

/** How the gradient moves the parameters: ND4J's updaters, by their usual names. */
public sealed interface Optimizer extends Serializable {
    /** The kinds of optimisers, sorted by name. */
    Catalogue<Optimizer> CATALOGUE = Catalogue.of(
            "optimizers",
            Optimizer.class,
            new Kind<>(
                    "adam",
                    Adam.class,
                    "steps scaled by running moments of the gradient",
                    "Kingma and Ba 2015, arXiv:1412.6980"),
            new Kind<>(
                    "nesterov", Nesterov.class, "gradient descent with Nesterov's momentum", "Sutskever et al. 2013"),
            new Kind<>("sgd", Sgd.class, "plain gradient descent", ""));

    /** ND4J's updater with this learning rate by iteration. */
    IUpdater create(ISchedule learningRate);

    /**
     * The factor of the learning rate where each of {@code replicas} makes steps of its own with a part of the
     * batch, and the steps are averaged. 1 where a step is proportional to the gradient, since the mean of the steps is
     * then the step of the whole batch.
     */
    default double rateOfAveraged(int replicas) {
        return 1;
    }

    private static void requireFraction(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new SettingException(name, "must be in [0, 1), was " + value);
        }
    }

    /**
     * Kind {@code adam} (Kingma and Ba 2015, arXiv:1412.6980). Beta1 0.9, beta2 0.999 and epsilon 1e-8 are the paper's.
     */
    record Adam(double beta1, double beta2, double epsilon) implements Optimizer {
        public Adam {
            requireFraction("beta1", beta1);
            requireFraction("beta2", beta2);
            if (!(epsilon > 0)) {
                throw new SettingException("epsilon", "must be > 0, was " + epsilon);
            }
        }

        @Override
        public IUpdater create(ISchedule learningRate) {
            return org.nd4j.linalg.learning.config.Adam.builder()
                    .learningRate(learningRate.valueAt(0, 0))
                    .learningRateSchedule(learningRate)
                    .beta1(beta1)
                    .beta2(beta2)
                    .epsilon(epsilon)
                    .build();
        }

        /**
         * {@code √replicas}: Adam divides by the root of the gradient's mean square, which is mostly noise, and that of
         * a part of the batch is so much greater (Malladi, Lyu, Panigrahi, Arora 2022, arXiv:2205.10287).
         */
        @Override
        public double rateOfAveraged(int replicas) {
            return Math.sqrt(replicas);
        }
    }

    /** Kind {@code nesterov}: Nesterov's momentum (Sutskever et al. 2013, section 2), of which 0.9 is usual. */
    record Nesterov(double momentum) implements Optimizer {
        public Nesterov {
            requireFraction("momentum", momentum);
        }

        @Override
        public IUpdater create(ISchedule learningRate) {
            return new Nesterovs(learningRate, momentum);
        }
    }

    /** Kind {@code sgd}: plain gradient descent. */
    record Sgd() implements Optimizer {
        @Override
        public IUpdater create(ISchedule learningRate) {
            return new org.nd4j.linalg.learning.config.Sgd(learningRate);
        }
    }
}
