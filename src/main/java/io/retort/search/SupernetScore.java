package io.retort.search;

import io.retort.distill.Supernet;
import io.retort.distill.Supernet.Path;
import io.retort.network.zoo.Architecture;
import io.retort.recipe.FilterSettings;
import io.retort.recipe.SearchSettings.Objective;
import io.retort.run.CandidateStage;
import io.retort.search.SearchSpace.Candidate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/** The quality of candidates on the validation rows with the parameters that they share in a supernet. */
final class SupernetScore {
    /** Paths that the supernet is trained on. */
    private static final int PATHS = 200;

    private final FilterSettings.Supernet settings;
    private final CandidateStage stage;
    private final CandidateSettings candidates;
    private final Costs costs;
    private final SearchSpace space;
    private final Map<Path, Double> known = new ConcurrentHashMap<>();
    private Optional<Supernet> trained = Optional.empty();

    SupernetScore(
            FilterSettings.Supernet settings,
            CandidateStage stage,
            CandidateSettings candidates,
            Costs costs,
            SearchSpace space) {
        this.settings = settings;
        this.stage = stage;
        this.candidates = candidates;
        this.costs = costs;
        this.space = space;
    }

    double of(Candidate candidate) {
        Supernet supernet = trained();
        return known.computeIfAbsent(path(candidate), path -> stage.quality(supernet, path));
    }

    private Path path(Candidate candidate) {
        Architecture architecture = candidates
                .student(candidate)
                .flatMap(student -> student.architecture())
                .orElseThrow();
        return Path.of(costs.structure(candidate).orElseThrow(), architecture::place);
    }

    private synchronized Supernet trained() {
        if (trained.isEmpty()) {
            trained = Optional.of(stage.supernet(settings.epochs(), paths()));
        }
        return trained.get();
    }

    /** The smallest and the largest of those that are drawn come first. */
    private List<Path> paths() {
        SplittableRandom random = new SplittableRandom(1);
        Set<Candidate> drawn = new LinkedHashSet<>();
        while (drawn.size() < PATHS) {
            Optional<Candidate> next = space.drawn(random, candidate -> !drawn.contains(candidate));
            if (next.isEmpty()) {
                break; // there are no more
            }
            drawn.add(next.get());
        }
        List<Candidate> sorted = new ArrayList<>(drawn);
        sorted.sort(Comparator.comparingDouble(candidate -> costs.of(candidate, Objective.MACS)));
        sorted.add(1, sorted.remove(sorted.size() - 1));
        return sorted.stream().map(this::path).distinct().toList();
    }
}
