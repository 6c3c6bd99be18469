package io.retort.search;

import io.retort.recipe.StrategySettings;
import io.retort.search.SearchSpace.Candidate;
import java.util.List;
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

    /**
     * A training that a strategy asks for.
     *
     * @param number from 0, in the order of proposals
     * @param stints epochs of the candidate's trainings, each of which goes on where the one before ended; all but the last
     *     are those of earlier trials
     */
    record Trial(int number, Candidate candidate, List<Integer> stints) {
        public Trial {
            stints = List.copyOf(stints);
        }

        /** The epochs that are still to be trained. */
        public int cost() {
            return stints.get(stints.size() - 1);
        }

        /** The epochs that the candidate has had at its end. */
        public int epochs() {
            return stints.stream().mapToInt(Integer::intValue).sum();
        }
    }
}
