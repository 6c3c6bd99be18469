package io.retort.search;

import io.retort.recipe.StrategySettings;
import io.retort.search.SearchSpace.Candidate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Regularised (aging) evolution (Real, Aggarwal, Huang, Le 2019, "Regularized evolution for image classifier
 * architecture search", arXiv:1802.01548, algorithm 1).
 *
 * <p>The population holds the newest {@code population} outcomes. A parent is the best of {@code sample} of them, drawn
 * with replacement; its child differs in one dimension and is a candidate that was not tried before, drawn at random
 * where all such children were. With several objectives one of the sample's front is the parent, with equal
 * probability, so that the whole front is worked on.
 */
final class Evolution extends RandomSearch {
    private final StrategySettings.Evolution settings;
    private final Deque<Outcome> population = new ArrayDeque<>();

    Evolution(StrategySettings.Evolution settings, SearchSpace space, long seed, int epochs) {
        super(space, seed, epochs);
        this.settings = settings;
    }

    @Override
    Optional<Candidate> chosen(int before) {
        return before < settings.population() ? Optional.empty() : child();
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

    @Override
    public void told(Outcome outcome) {
        population.addLast(outcome);
        if (population.size() > settings.population()) {
            population.removeFirst();
        }
    }
}
