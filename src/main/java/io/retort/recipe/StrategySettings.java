package io.retort.recipe;

import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.config.SettingException;

/** How a search proposes candidates. */
public sealed interface StrategySettings {
    /** The kinds of strategies, sorted by name. */
    Catalogue<StrategySettings> CATALOGUE = Catalogue.of(
            "strategies",
            StrategySettings.class,
            new Kind<>(
                    "asha",
                    Asha.class,
                    "many candidates with few epochs each, of which the best go on with more",
                    "Li et al. 2020, arXiv:1810.05934"),
            new Kind<>(
                    "evolution",
                    Evolution.class,
                    "children of the best of a sample, each with one other choice; the oldest die",
                    "Real et al. 2019, arXiv:1802.01548"),
            new Kind<>(
                    "random",
                    Random.class,
                    "each choice drawn by itself",
                    "Bergstra and Bengio 2012, Journal of Machine Learning Research 13"),
            new Kind<>(
                    "surrogate",
                    Surrogate.class,
                    "choices that are frequent among the best candidates so far and rare among the others",
                    "Bergstra et al. 2011, Advances in Neural Information Processing Systems 24"));

    /**
     * Kind {@code asha}: successive halving without waiting for whole rungs.
     *
     * @param firstEpochs that each candidate is trained for
     * @param factor of the epochs from rung to rung; one in so many goes on
     */
    record Asha(int firstEpochs, int factor) implements StrategySettings {
        public Asha {
            SettingException.requirePositive("first-epochs", firstEpochs);
            if (factor < 2) {
                throw new SettingException("factor", "must be at least 2, was " + factor);
            }
        }
    }

    /**
     * Kind {@code evolution}: regularised, or aging, evolution.
     *
     * @param population of the newest candidates, which may be parents; the first so many are drawn at random
     * @param sample of the population, the best of which is the next parent
     */
    record Evolution(int population, int sample) implements StrategySettings {
        public Evolution {
            SettingException.requirePositive("population", population);
            if (sample < 1 || sample > population) {
                throw new SettingException(
                        "sample", "must be from 1 to the population of " + population + ", was " + sample);
            }
        }
    }

    /** Kind {@code random}: what every other strategy has to beat. */
    record Random() implements StrategySettings {}

    /**
     * Kind {@code surrogate}: a tree-structured Parzen estimator.
     *
     * @param startUp candidates that are drawn at random before the first is proposed by a model
     * @param best the share of the outcomes so far that counts as good, in (0, 1)
     * @param draws from the model of the good ones, the most promising of which is the next candidate
     */
    record Surrogate(int startUp, double best, int draws) implements StrategySettings {
        public Surrogate {
            SettingException.requirePositive("start-up", startUp);
            SettingException.requirePositive("draws", draws);
            if (!(best > 0 && best < 1)) {
                throw new SettingException("best", "must be in (0, 1), was " + best);
            }
        }
    }
}
