package io.retort.distill.optimizer;

import io.retort.config.Catalogue;
import io.retort.config.Kind;
import io.retort.config.SettingException;

/** The kinds of optimisers, sorted by name. */
public final class Optimizers {
    public static final Catalogue<OptimizerSettings> CATALOGUE = Catalogue.of(
            "optimizers",
            OptimizerSettings.class,
            new Kind<>(
                    "adam",
                    AdamOptimizer.Settings.class,
                    "steps scaled by running moments of the gradient",
                    "Kingma and Ba 2015, arXiv:1412.6980"),
            new Kind<>(
                    "nesterov",
                    NesterovOptimizer.Settings.class,
                    "gradient descent with Nesterov's momentum",
                    "Sutskever et al. 2013"),
            new Kind<>("sgd", SgdOptimizer.Settings.class, "plain gradient descent", ""));

    private Optimizers() {}

    static void requireFraction(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new SettingException(name, "must be in [0, 1), was " + value);
        }
    }
}
