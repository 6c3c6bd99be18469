package io.retort.search;

import io.retort.search.Costs.CandidateCost;
import io.retort.search.Strategy.Trial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The end of a trial.
 *
 * @param losses one for each objective, quality's first; smaller is better. None where the training failed, which is
 *     worse than any other end.
 * @param cost of the network that came out, if one did
 */
public record Outcome(Trial trial, List<Double> losses, Optional<CandidateCost> cost) {
    public Outcome {
        losses = List.copyOf(losses);
    }

    public boolean failed() {
        return losses.isEmpty();
    }

    /** Whether this is at least as good by every objective, and better by one. */
    public boolean dominates(Outcome other) {
        if (failed() || other.failed()) {
            return !failed() && other.failed();
        }
        return IntStream.range(0, losses.size()).allMatch(i -> losses.get(i) <= other.losses.get(i))
                && !losses.equals(other.losses);
    }

    /** Those that no other dominates, in their order: the Pareto front. */
    public static List<Outcome> front(List<Outcome> outcomes) {
        return outcomes.stream()
                .filter(one -> !one.failed() && outcomes.stream().noneMatch(other -> other.dominates(one)))
                .toList();
    }

    /**
     * The best first: front by front, each the front of what the ones before leave (non-dominated sorting: Deb et al.
     * 2002, IEEE Transactions on Evolutionary Computation 6(2)), and within a front by quality. With one objective this
     * is the order of its losses. Equal ones are in the order of their trials. Those that failed are last.
     */
    public static List<Outcome> bestFirst(List<Outcome> outcomes) {
        List<Outcome> sorted =
                new ArrayList<>(fronts(outcomes).stream().flatMap(List::stream).toList());
        outcomes.stream().filter(Outcome::failed).forEach(sorted::add);
        return sorted;
    }

    /** The fronts of those that did not fail, as {@link #bestFirst} has them. */
    static List<List<Outcome>> fronts(List<Outcome> outcomes) {
        List<Outcome> left = new ArrayList<>(outcomes.stream()
                .filter(outcome -> !outcome.failed())
                .sorted(Comparator.<Outcome, Double>comparing(
                                outcome -> outcome.losses().get(0))
                        .thenComparing(outcome -> outcome.trial().number()))
                .toList());
        List<List<Outcome>> fronts = new ArrayList<>();
        while (!left.isEmpty()) {
            List<Outcome> front = front(left);
            fronts.add(front);
            left.removeAll(front);
        }
        return fronts;
    }
}
