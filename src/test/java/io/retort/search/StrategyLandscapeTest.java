package io.retort.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.recipe.StrategySettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Strategies on a made landscape of 6 dimensions with 5 values each, 15,625 candidates, where each dimension has a best
 * value, neighbouring dimensions depend on each other, and a candidate has noise of its own.
 */
class StrategyLandscapeTest {
    private static final int EPOCHS = 9;
    private static final int CANDIDATES = 60;
    private static final SearchSpace SPACE = new SearchSpace(List.of(5, 5, 5, 5, 5, 5), candidate -> true);
    private static final StrategySettings EVOLUTION = new StrategySettings.Evolution(12, 5);
    private static final StrategySettings ASHA = new StrategySettings.Asha(1, 3);
    private static final StrategySettings RANDOM = new StrategySettings.Random();

    /** In [0, 1], the loss after so many epochs: it falls towards that of the candidate, at a rate of its own. */
    private static double loss(Candidate candidate, int epochs) {
        double distance = 0;
        for (int i = 0; i < 6; i++) {
            int best = (3 * i + 1) % 5;
            distance += Math.abs(candidate.choices().get(i) - best) / 4.0;
            int next = candidate.choices().get((i + 1) % 6);
            distance += (candidate.choices().get(i) + next) % 3 == 0 ? 0.25 : 0;
        }
        SplittableRandom own = new SplittableRandom(candidate.hashCode());
        double last = distance / 7.5 * 0.9 + own.nextDouble() * 0.02;
        return last + (1 - last) * 0.5 * Math.exp(-epochs / (1.5 + own.nextDouble()));
    }

    private static List<Outcome> searched(StrategySettings settings, long seed, int window) {
        return searched(
                settings, seed, window, trial -> new Outcome(trial, List.of(loss(trial.candidate(), trial.epochs()))));
    }

    private static List<Outcome> searched(
            StrategySettings settings, long seed, int window, Function<Trial, Outcome> training) {
        return new TrialQueue(window, (long) CANDIDATES * EPOCHS)
                .run(Strategy.of(settings, SPACE, seed, EPOCHS), training);
    }

    /** The mean over 20 seeds of the best loss of whole trainings. */
    private static double meanBest(StrategySettings settings) {
        return LongStream.range(0, 20)
                .mapToDouble(seed -> searched(settings, seed, 4).stream()
                        .filter(outcome -> outcome.trial().epochs() == EPOCHS)
                        .mapToDouble(outcome -> outcome.losses().get(0))
                        .min()
                        .orElseThrow())
                .average()
                .orElseThrow();
    }

    @Test
    void evolutionAndAshaBeatRandomSearchOfTheSameBudget() {
        double random = meanBest(RANDOM);
        assertThat(meanBest(EVOLUTION)).as("evolution, random %s", random).isLessThan(random - 0.04);
        assertThat(meanBest(ASHA)).as("asha, random %s", random).isLessThan(random - 0.015);
    }

    static List<StrategySettings> strategies() {
        return List.of(ASHA, EVOLUTION, RANDOM);
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void proposesTheSameWhicheverTrialEndsFirst(StrategySettings settings) {
        List<Outcome> inTurn = searched(settings, 3, 4);
        List<Outcome> shuffled = searched(settings, 3, 4, trial -> {
            LongStream.range(0, new SplittableRandom(trial.number()).nextInt(300_000))
                    .forEach(i -> Thread.onSpinWait());
            return new Outcome(trial, List.of(loss(trial.candidate(), trial.epochs())));
        });
        assertThat(shuffled).isEqualTo(inTurn);
        assertThat(searched(settings, 4, 4)).isNotEqualTo(inTurn);
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void spendsItsBudgetAndTriesNothingTwice(StrategySettings settings) {
        List<Outcome> ended = searched(settings, 5, 4);
        assertThat(ended.stream().mapToInt(outcome -> outcome.trial().cost()).sum())
                .isBetween(CANDIDATES * EPOCHS - EPOCHS, CANDIDATES * EPOCHS);
        assertThat(ended.stream().map(outcome -> outcome.trial().number()).toList())
                .isEqualTo(IntStream.range(0, ended.size()).boxed().toList());
        List<Object> tried = new ArrayList<>();
        ended.forEach(outcome ->
                tried.add(List.of(outcome.trial().candidate(), outcome.trial().stints())));
        assertThat(new HashSet<>(tried)).hasSameSizeAs(tried);
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void goesOnWhereTrainingsFailAndNeverChoosesOne(StrategySettings settings) {
        List<Outcome> ended = searched(
                settings,
                6,
                4,
                trial -> new Outcome(
                        trial,
                        trial.candidate().choices().get(0) < 2
                                ? List.of()
                                : List.of(loss(trial.candidate(), trial.epochs()))));
        assertThat(ended).anyMatch(Outcome::failed);
        assertThat(ended.stream().mapToInt(outcome -> outcome.trial().cost()).sum())
                .isGreaterThan(CANDIDATES * EPOCHS - 2 * EPOCHS);
        assertThat(ended)
                .filteredOn(outcome -> outcome.trial().stints().size() > 1)
                .allMatch(outcome -> outcome.trial().candidate().choices().get(0) >= 2);
        assertThat(Outcome.front(ended)).hasSize(1).noneMatch(Outcome::failed);
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void endsWhereTheSpaceDoes(StrategySettings settings) {
        SearchSpace small =
                new SearchSpace(List.of(2, 3), candidate -> candidate.choices().get(1) != 2);
        List<Outcome> ended = new TrialQueue(3, 1000)
                .run(
                        Strategy.of(settings, small, 1, EPOCHS),
                        trial -> new Outcome(trial, List.of((double) trial.number())));
        assertThat(ended.stream().map(outcome -> outcome.trial().candidate()).distinct())
                .hasSize(4)
                .allMatch(small.feasible());
    }

    @Test
    void ashaGivesMoreEpochsToTheBestThirdOfEachRung() {
        List<Outcome> ended = searched(ASHA, 7, 1);
        List<List<Integer>> stints = ended.stream()
                .map(outcome -> outcome.trial().stints())
                .distinct()
                .toList();
        assertThat(stints).containsExactlyInAnyOrder(List.of(1), List.of(1, 2), List.of(1, 2, 6));
        long first =
                ended.stream().filter(outcome -> outcome.trial().epochs() == 1).count();
        long second =
                ended.stream().filter(outcome -> outcome.trial().epochs() == 3).count();
        long last =
                ended.stream().filter(outcome -> outcome.trial().epochs() == 9).count();
        // Some that went on are no longer among the best third: the price of not waiting for whole rungs.
        assertThat(first / (double) second).isBetween(2.5, 3.5);
        assertThat(second / (double) last).isBetween(2.5, 3.5);
    }

    @Test
    void ashaCountsNoLastRungOfAFewMoreEpochs() {
        Asha ten = new Asha(new StrategySettings.Asha(1, 3), SPACE, 1, 10);
        List<Outcome> ended =
                new TrialQueue(1, 300).run(ten, trial -> new Outcome(trial, List.of((double) trial.number())));
        assertThat(ended.stream().map(outcome -> outcome.trial().stints()).distinct())
                .containsExactlyInAnyOrder(List.of(1), List.of(1, 2), List.of(1, 2, 7));
    }

    @Test
    void evolutionChangesOneChoiceOfAParentInItsPopulation() {
        List<Outcome> ended = searched(EVOLUTION, 8, 1);
        for (int child = 12; child < ended.size(); child++) {
            Candidate one = ended.get(child).trial().candidate();
            assertThat(ended.subList(child - 12, child))
                    .anyMatch(parent -> IntStream.range(0, 6)
                                    .filter(i -> !parent.trial()
                                            .candidate()
                                            .choices()
                                            .get(i)
                                            .equals(one.choices().get(i)))
                                    .count()
                            == 1);
        }
    }

    @Test
    void severalObjectivesAreSortedByFronts() {
        List<Outcome> outcomes = List.of(
                outcome(0, 0.5, 10),
                outcome(1, 0.4, 20),
                outcome(2, 0.6, 20),
                outcome(3, 0.3, 5),
                outcome(4),
                outcome(5, 0.9, 1));
        assertThat(Outcome.front(outcomes))
                .extracting(one -> one.trial().number())
                .containsExactly(3, 5);
        assertThat(Outcome.bestFirst(outcomes))
                .extracting(one -> one.trial().number())
                .containsExactly(3, 5, 1, 0, 2, 4);
        assertThat(Outcome.bestFirst(outcomes.stream()
                        .sorted(Comparator.comparing(one -> -one.trial().number()))
                        .toList()))
                .extracting(one -> one.trial().number())
                .containsExactly(3, 5, 1, 0, 2, 4);
    }

    private static Outcome outcome(int number, double... losses) {
        return new Outcome(
                new Trial(number, new Candidate(List.of(number)), List.of(1)),
                DoubleStream.of(losses).boxed().toList());
    }
}
