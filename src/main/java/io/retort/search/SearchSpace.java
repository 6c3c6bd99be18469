package io.retort.search;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * All candidates, and those of them that may be trained.
 *
 * @param sizes of each dimension, the number of its values
 * @param feasible refuses candidates before they are trained
 */
public record SearchSpace(List<Integer> sizes, Predicate<Candidate> feasible) {
    /** After so many draws without one that may be trained, there is none to be expected. */
    static final int MOST_DRAWS = 2_000;

    public SearchSpace {
        sizes = List.copyOf(sizes);
    }

    /** The number of candidates, feasible or not. */
    public BigInteger size() {
        return sizes.stream().map(BigInteger::valueOf).reduce(BigInteger.ONE, BigInteger::multiply);
    }

    /** A candidate with each choice drawn by itself, feasible or not. */
    Candidate any(SplittableRandom random) {
        return new Candidate(sizes.stream().map(random::nextInt).toList());
    }

    /**
     * A feasible candidate of uniform distribution that is not refused; nothing where many draws gave none.
     *
     * @param wanted refuses more of them
     */
    Optional<Candidate> drawn(SplittableRandom random, Predicate<Candidate> wanted) {
        return drawn(random, MOST_DRAWS, wanted);
    }

    /** In so many draws at most. */
    Optional<Candidate> drawn(SplittableRandom random, int draws, Predicate<Candidate> wanted) {
        return drawn(() -> any(random), draws, wanted);
    }

    /** Of another distribution, in so many draws at most. */
    Optional<Candidate> drawn(Supplier<Candidate> distribution, int draws, Predicate<Candidate> wanted) {
        for (int draw = 0; draw < draws; draw++) {
            Candidate candidate = distribution.get();
            if (wanted.test(candidate) && feasible.test(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /**
     * A feasible candidate that differs from another in one dimension; nothing where many draws gave none.
     *
     * @param wanted refuses more of them
     */
    Optional<Candidate> neighbour(Candidate parent, SplittableRandom random, Predicate<Candidate> wanted) {
        int[] free = IntStream.range(0, sizes.size())
                .filter(dimension -> sizes.get(dimension) > 1)
                .toArray();
        for (int draw = 0; draw < MOST_DRAWS && free.length > 0; draw++) {
            int dimension = free[random.nextInt(free.length)];
            int old = parent.choices().get(dimension);
            int other = random.nextInt(sizes.get(dimension) - 1);
            List<Integer> choices = new ArrayList<>(parent.choices());
            choices.set(dimension, other < old ? other : other + 1);
            Candidate child = new Candidate(choices);
            if (wanted.test(child) && feasible.test(child)) {
                return Optional.of(child);
            }
        }
        return Optional.empty();
    }

    /**
     * A point of a search space.
     *
     * @param choices of each dimension, the index of the value
     */
    public record Candidate(List<Integer> choices) {
        public Candidate {
            choices = List.copyOf(choices);
        }
    }
}
