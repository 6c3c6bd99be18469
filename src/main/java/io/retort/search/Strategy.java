package io.retort.search;

import io.retort.recipe.StrategySettings;
import java.util.Optional;

/**
 * Proposes trials, and learns how they ended.
 *
 * <p>Outcomes arrive in the order of trials, so what is proposed depends on the seed and on the outcomes so far alone.
 * {@link TrialQueue} arranges that.
 */
public interface Strategy {
    /** The next trial; nothing as long as it takes further outcomes to know one. */
    Optional<Trial> propose();

    /** Learns the outcome of the oldest trial that it has not learned yet. */
    void told(Outcome outcome);

    /**
     * The strategy of a kind.
     *
     * @param epochs of a whole training
     */
    static Strategy of(StrategySettings settings, SearchSpace space, long seed, int epochs) {
        if (settings instanceof StrategySettings.Evolution evolution) {
            return new Evolution(evolution, space, seed, epochs);
        } else if (settings instanceof StrategySettings.Asha asha) {
            return new Asha(asha, space, seed, epochs);
        } else if (settings instanceof StrategySettings.Surrogate surrogate) {
            return new Surrogate(surrogate, space, seed, epochs);
        }
        return new RandomSearch(space, seed, epochs);
    }
}
