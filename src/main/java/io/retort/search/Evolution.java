package io.retort.search;

import io.retort.recipe.StrategySettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Regularised (aging) evolution (Real, Aggarwal, Huang, Le 2019, "Regularized evolution for image classifier
 * architecture search", arXiv:1802.01548, algorithm 1).
 *
 * <p>The population holds the newest {@code population} outcomes. A parent is the best of {@code sample} of them, drawn
 * with replacement; its child differs in one dimension and is a candidate that was not tried before, drawn at random
 * where all such children were. With several objectives one of the sample's front is the parent, with equal
 * probability, so that the whole front is worked on.
 */
final class Evolution implements Strategy {
    private final StrategySettings.Evolution settings;
    private final SearchSpace space;
    private final SplittableRandom random;
    private final int epochs;
    private final Deque<Outcome> population = new ArrayDeque<>();
    private final Set<Candidate> proposed = new HashSet<>();

    Evolution(StrategySettings.Evolution settings, SearchSpace space, long seed, int epochs) {
        this.settings = settings;
        this.space = space;
        this.random = new SplittableRandom(seed);
        this.epochs = epochs;
    }

    @Override
    public Optional<Trial> propose() {
        Optional<Candidate> child = proposed.size() < settings.population() ? Optional.empty() : child();
        return child.or(() -> space.drawn(random, this::isNew)).map(candidate -> {
            proposed.add(candidate);
            return new Trial(proposed.size() - 1, candidate, List.of(epochs));
        });
    }

    private Optional<Candidate> child() {
        List<Outcome> alive = new ArrayList<>(population);
        List<Outcome> sample = new ArrayList<>();
        for (int i = 0; i < settings.sample() && !alive.isEmpty(); i++) {
            sample.add(alive.get(random.nextInt(alive.size())));
        }
        List<Outcome> best = Outcome.front(sample.stream().distinct().toList());
        return best.isEmpty()
                ? Optional.empty() // all of the sample failed
                : space.neighbour(best.get(random.nextInt(best.size())).trial().candidate(), random, this::isNew);
    }

    private boolean isNew(Candidate candidate) {
        return !proposed.contains(candidate);
    }

    @Override
    public void told(Outcome outcome) {
        population.addLast(outcome);
        if (population.size() > settings.population()) {
            population.removeFirst();
        }
    }
}
