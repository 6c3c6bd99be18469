package io.retort.search;

import io.retort.recipe.FilterSettings;
import io.retort.recipe.SearchSettings.Objective;
import io.retort.run.CandidateStage;
import io.retort.search.SearchReport.FilterSection;
import io.retort.search.SearchSpace.Candidate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Leaves candidates out by a score that takes no training of their own. */
final class CandidateFilter {
    private static final int DRAWN = 50;

    private final FilterSettings settings;
    private final Costs costs;
    private final SearchSpace space;
    private final ToDoubleFunction<Candidate> score;
    private OptionalDouble least = OptionalDouble.empty();

    /** @param score of a candidate that has costs; greater is better */
    private CandidateFilter(
            FilterSettings settings, Costs costs, SearchSpace space, ToDoubleFunction<Candidate> score) {
        this.settings = settings;
        this.costs = costs;
        this.space = space;
        this.score = score;
    }

    /** @param space of the candidates that no limit forbids, some of which are drawn to find the least score */
    static CandidateFilter of(
            FilterSettings settings,
            CandidateStage stage,
            CandidateSettings candidates,
            Costs costs,
            SearchSpace space) {
        ToDoubleFunction<Candidate> score;
        if (settings instanceof FilterSettings.Supernet supernet) {
            score = new SupernetScore(supernet, stage, candidates, costs, space)::of;
        } else {
            TrainingFree free = new TrainingFree(stage, ((FilterSettings.TrainingFree) settings).samples());
            score = candidate -> free.score(costs.structure(candidate).orElseThrow());
        }
        return new CandidateFilter(settings, costs, space, score);
    }

    /** The least score that may be trained: a quantile of those of 50 candidates. */
    synchronized double least() {
        if (least.isEmpty()) {
            least = OptionalDouble.of(quantile());
        }
        return least.getAsDouble();
    }

    private double quantile() {
        SplittableRandom random = new SplittableRandom(0);
        double[] scores = IntStream.range(0, DRAWN)
                .mapToObj(i -> space.drawn(random, candidate -> true))
                .flatMap(Optional::stream)
                .mapToDouble(score)
                .sorted()
                .toArray();
        return scores.length == 0 ? 0 : scores[(int) Math.round((1 - settings.keep()) * (scores.length - 1))];
    }

    /** Whether a candidate may be trained. */
    boolean keeps(Candidate candidate) {
        return settings.keep() == 1 || score(candidate) >= least();
    }

    /** Of a candidate that has costs. */
    double score(Candidate candidate) {
        return score.applyAsDouble(candidate);
    }

    /** How it fared. */
    FilterSection section(List<Outcome> whole) {
        double[] trained = whole.stream().mapToDouble(Trials::score).toArray();
        return new FilterSection(
                FilterSettings.CATALOGUE.kindOf(settings).name(),
                settings.keep(),
                least(),
                trained.length,
                LatencyCheck.rankCorrelation(
                        whole.stream()
                                .mapToDouble(outcome -> score(outcome.trial().candidate()))
                                .toArray(),
                        trained),
                LatencyCheck.rankCorrelation(
                        whole.stream()
                                .mapToDouble(outcome -> costs.of(outcome.trial().candidate(), Objective.PARAMETERS))
                                .toArray(),
                        trained));
    }

    /** One sentence. */
    static String text(FilterSection filter) {
        return String.format(
                Locale.ROOT,
                "filter %s, by which the best %.0f %% were drawn, against %d whole trainings: rank correlation %.2f;"
                        + " that of the number of parameters %.2f",
                filter.kind(),
                100 * filter.keep(),
                filter.candidates(),
                filter.rankCorrelation(),
                filter.ofParameters());
    }
}
