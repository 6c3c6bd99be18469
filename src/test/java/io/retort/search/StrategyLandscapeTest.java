package io.retort.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.recipe.StrategySettings;
import io.retort.search.SearchSpace.Candidate;
import io.retort.search.Strategy.Trial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Strategies on the scores of 120 trained students ({@link Landscape}). A search may spend a fifth of the epochs that all
 * of them take together. Means are over many seeds, for that of 20 is uncertain by a fifth of itself.
 */
class StrategyLandscapeTest {
    private static final int EPOCHS = 9;
    private static final int CANDIDATES = 24;
    private static final int SEEDS = 400;
    private static final Landscape LANDSCAPE = Landscape.read();
    private static final SearchSpace SPACE = new SearchSpace(LANDSCAPE.sizes(), candidate -> true);
    private static final StrategySettings EVOLUTION = new StrategySettings.Evolution(8, 4);
    private static final StrategySettings ASHA = new StrategySettings.Asha(1, 3);
    private static final StrategySettings SURROGATE = new StrategySettings.Surrogate(8, 0.25, 24);
    private static final StrategySettings RANDOM = new StrategySettings.Random();

    private static List<Outcome> searched(StrategySettings settings, long seed, int window) {
        return searched(settings, seed, window, LANDSCAPE::outcome);
    }

    private static List<Outcome> searched(
            StrategySettings settings, long seed, int window, Function<Trial, Outcome> training) {
        return new TrialQueue(window, (long) CANDIDATES * EPOCHS)
                .run(Strategy.of(settings, SPACE, seed, EPOCHS), training);
    }

    /**
     * The mean over seeds of what the chosen candidate, the best of those with all epochs, loses in accuracy against the
     * best of the table, both trained in one piece.
     */
    private static double meanRegret(StrategySettings settings) {
        return LongStream.range(0, SEEDS)
                .parallel()
                .mapToDouble(seed -> LANDSCAPE.regret(searched(settings, seed, 4).stream()
                        .filter(outcome -> !outcome.failed() && outcome.trial().epochs() == EPOCHS)
                        .min(Comparator.comparing(outcome -> outcome.losses().get(0)))
                        .orElseThrow()
                        .trial()
                        .candidate()))
                .average()
                .orElseThrow();
    }

    @Test
    void theOthersBeatRandomSearchOfTheSameBudget() {
        double random = meanRegret(RANDOM);
        assertThat(meanRegret(EVOLUTION)).as("evolution, random %s", random).isLessThan(random * 2 / 3);
        assertThat(meanRegret(ASHA)).as("asha, random %s", random).isLessThan(random * 2 / 3);
        assertThat(meanRegret(SURROGATE)).as("surrogate, random %s", random).isLessThan(random / 2);
    }

    /**
     * The mean over seeds of the area that the front dominates, of accuracy over the logarithm of parameters up to 3,050,
     * those of the largest candidate.
     */
    private static double meanHypervolume(StrategySettings settings) {
        return LongStream.range(0, SEEDS)
                .parallel()
                .mapToDouble(seed -> {
                    double area = 0;
                    double end = Math.log(3050);
                    List<Outcome> largestFirst =
                            Outcome.front(searched(settings, seed, 4, LANDSCAPE::outcomeWithCost)).stream()
                                    .sorted(Comparator.comparing(
                                            outcome -> -outcome.losses().get(1)))
                                    .toList();
                    for (Outcome point : largestFirst) {
                        double from = Math.log(point.losses().get(1));
                        area += -point.losses().get(0) * (end - from);
                        end = from;
                    }
                    return area;
                })
                .average()
                .orElseThrow();
    }

    @Test
    void theirFrontsDominateMoreThanThatOfRandomSearch() {
        double random = meanHypervolume(RANDOM);
        assertThat(meanHypervolume(EVOLUTION))
                .as("evolution, random %s", random)
                .isGreaterThan(random);
        assertThat(meanHypervolume(SURROGATE))
                .as("surrogate, random %s", random)
                .isGreaterThan(random * 1.04);
    }

    static List<StrategySettings> strategies() {
        return List.of(ASHA, EVOLUTION, RANDOM, SURROGATE);
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void proposesTheSameWhicheverTrialEndsFirst(StrategySettings settings) {
        List<Outcome> inTurn = searched(settings, 3, 4);
        List<Outcome> shuffled = searched(settings, 3, 4, trial -> {
            LongStream.range(0, new SplittableRandom(trial.number()).nextInt(300_000))
                    .forEach(i -> Thread.onSpinWait());
            return LANDSCAPE.outcome(trial);
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
                trial -> trial.candidate().choices().get(1) < 2
                        ? new Outcome(trial, List.of(), Optional.empty())
                        : LANDSCAPE.outcome(trial));
        assertThat(ended).anyMatch(Outcome::failed);
        assertThat(ended.stream().mapToInt(outcome -> outcome.trial().cost()).sum())
                .isGreaterThan(CANDIDATES * EPOCHS - 2 * EPOCHS);
        assertThat(ended)
                .filteredOn(outcome -> outcome.trial().stints().size() > 1)
                .allMatch(outcome -> outcome.trial().candidate().choices().get(1) >= 2);
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
                        trial -> new Outcome(trial, List.of((double) trial.number()), Optional.empty()));
        assertThat(ended.stream().map(outcome -> outcome.trial().candidate()).distinct())
                .hasSize(4)
                .allMatch(small.feasible());
    }

    /** Trial 0 fails once trial 1 is under way, which does not end before it is interrupted. */
    @Test
    void waitsForTheOtherTrialsWhereOneFails() {
        CountDownLatch underWay = new CountDownLatch(1);
        AtomicBoolean hasEnded = new AtomicBoolean();
        Function<Trial, Outcome> training = trial -> {
            try {
                if (trial.number() == 0) {
                    underWay.await();
                    throw new IllegalStateException("the store is full");
                }
                underWay.countDown();
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                LockSupport.parkNanos(Duration.ofMillis(300).toNanos()); // until it has written what it had
                hasEnded.set(true);
            }
            return new Outcome(trial, List.of(), Optional.empty());
        };
        assertThatThrownBy(() -> searched(EVOLUTION, 1, 2, training)).hasMessage("the store is full");
        assertThat(hasEnded).isTrue();
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
        List<Outcome> ended = new TrialQueue(1, 300)
                .run(ten, trial -> new Outcome(trial, List.of((double) trial.number()), Optional.empty()));
        assertThat(ended.stream().map(outcome -> outcome.trial().stints()).distinct())
                .containsExactlyInAnyOrder(List.of(1), List.of(1, 2), List.of(1, 2, 7));
    }

    @Test
    void evolutionChangesOneChoiceOfAParentInItsPopulation() {
        List<Outcome> ended = searched(EVOLUTION, 8, 1);
        for (int child = 8; child < ended.size(); child++) {
            Candidate one = ended.get(child).trial().candidate();
            assertThat(ended.subList(child - 8, child))
                    .anyMatch(parent -> IntStream.range(0, 4)
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
                DoubleStream.of(losses).boxed().toList(),
                Optional.empty());
    }
}
