package io.retort.search;

import io.retort.recipe.StrategySettings;
import io.retort.search.SearchSpace.Candidate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Tree-structured Parzen estimator (Bergstra, Bardenet, Bengio, Kégl 2011, "Algorithms for hyper-parameter
 * optimization", NeurIPS 24, section 4), all of whose dimensions are choices.
 *
 * <p>The outcomes so far are split into good ones, the first {@linkplain Outcome#fronts fronts} that together are the
 * share {@code best} of them, and others. In a dimension of s choices, choice i has the density
 * {@code l(i) = (1 + c) / (s + n)} where c of the n good ones made it, and g(i) likewise among the others. Of
 * {@code draws} candidates from l, each choice by itself, the one with the greatest product of l / g over the dimensions
 * is next: expected improvement grows with it. With one objective a front is one outcome; with several, all points of
 * the front are equally good, so that the whole front is worked on.
 */
final class Surrogate extends RandomSearch {
    /** For each draw from l, how many are refused at most, since they were tried or are not feasible. */
    private static final int TRIES = 50;

    private final StrategySettings.Surrogate settings;
    private final List<Outcome> outcomes = new ArrayList<>();

    Surrogate(StrategySettings.Surrogate settings, SearchSpace space, long seed, int epochs) {
        super(space, seed, epochs);
        this.settings = settings;
    }

    @Override
    Optional<Candidate> chosen(int before) {
        return before < settings.startUp() ? Optional.empty() : promising();
    }

    private Optional<Candidate> promising() {
        List<Outcome> good = good();
        List<Outcome> others = new ArrayList<>(outcomes);
        others.removeAll(good);
        List<double[]> ofGood = densities(good);
        List<double[]> ofOthers = densities(others);
        return Stream.generate(() -> space.drawn(() -> drawn(ofGood), TRIES, this::isNew))
                .limit(settings.draws())
                .flatMap(Optional::stream)
                .max(Comparator.comparingDouble(
                        candidate -> logDensity(candidate, ofGood) - logDensity(candidate, ofOthers)));
    }

    private List<Outcome> good() {
        List<Outcome> good = new ArrayList<>();
        for (List<Outcome> front : Outcome.fronts(outcomes)) {
            if (good.size() >= settings.best() * outcomes.size()) {
                break;
            }
            good.addAll(front);
        }
        return good;
    }

    /** Of each dimension, the density of each choice. */
    private List<double[]> densities(List<Outcome> of) {
        return IntStream.range(0, space.sizes().size())
                .mapToObj(dimension -> {
                    int size = space.sizes().get(dimension);
                    double[] density = new double[size];
                    Arrays.fill(density, 1.0 / (size + of.size()));
                    of.forEach(outcome ->
                            density[outcome.trial().candidate().choices().get(dimension)] += 1.0 / (size + of.size()));
                    return density;
                })
                .toList();
    }

    private Candidate drawn(List<double[]> densities) {
        return new Candidate(densities.stream().map(this::drawn).toList());
    }

    private int drawn(double[] density) {
        double left = random.nextDouble();
        int choice = 0;
        while (choice < density.length - 1 && left >= density[choice]) {
            left -= density[choice++];
        }
        return choice;
    }

    private static double logDensity(Candidate candidate, List<double[]> densities) {
        return IntStream.range(0, densities.size())
                .mapToDouble(dimension ->
                        Math.log(densities.get(dimension)[candidate.choices().get(dimension)]))
                .sum();
    }

    @Override
    public void told(Outcome outcome) {
        outcomes.add(outcome);
    }
}
