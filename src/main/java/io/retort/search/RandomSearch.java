package io.retort.search;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Whole trainings of candidates drawn with equal probability from the feasible ones, each once (Bergstra and Bengio
 * 2012, "Random search for hyper-parameter optimization", JMLR 13).
 */
final class RandomSearch implements Strategy {
    private final SearchSpace space;
    private final SplittableRandom random;
    private final int epochs;
    private final Set<Candidate> proposed = new HashSet<>();

    RandomSearch(SearchSpace space, long seed, int epochs) {
        this.space = space;
        this.random = new SplittableRandom(seed);
        this.epochs = epochs;
    }

    @Override
    public Optional<Trial> propose() {
        return space.drawn(random, candidate -> !proposed.contains(candidate)).map(candidate -> {
            proposed.add(candidate);
            return new Trial(proposed.size() - 1, candidate, List.of(epochs));
        });
    }

    @Override
    public void told(Outcome outcome) {
        // Each draw is independent.
    }
}
