package io.retort.search;

import io.retort.search.SearchSpace.Candidate;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Whole trainings of candidates drawn with equal probability from the feasible ones, each once (Bergstra and Bengio
 * 2012, "Random search for hyper-parameter optimization", JMLR 13). Strategies that choose candidates by outcomes extend
 * it: they draw where they have nothing to choose.
 */
class RandomSearch implements Strategy {
    final SearchSpace space;
    final SplittableRandom random;
    private final int epochs;
    private final Set<Candidate> proposed = new HashSet<>();

    RandomSearch(SearchSpace space, long seed, int epochs) {
        this.space = space;
        this.random = new SplittableRandom(seed);
        this.epochs = epochs;
    }

    @Override
    public final Optional<Trial> propose() {
        return chosen(proposed.size())
                .or(() -> space.drawn(random, this::isNew))
                .map(candidate -> {
                    proposed.add(candidate);
                    return new Trial(proposed.size() - 1, candidate, List.of(epochs));
                });
    }

    /**
     * A new candidate that is not drawn at random; nothing where the next one is.
     *
     * @param before how many were proposed
     */
    Optional<Candidate> chosen(int before) {
        return Optional.empty();
    }

    final boolean isNew(Candidate candidate) {
        return !proposed.contains(candidate);
    }

    @Override
    public void told(Outcome outcome) {
        // Each draw is independent.
    }
}
