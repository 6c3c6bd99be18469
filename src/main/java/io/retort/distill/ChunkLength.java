package io.retort.distill;

import java.time.Duration;

/**
 * The number of optimiser steps of a chunk: as many as take a few seconds at the speed of the chunk before, so that the
 * overhead of a Spark job is small and progress is visible. The first chunks are short. The trained network does not
 * depend on the length.
 */
public final class ChunkLength {
    /** The time that a chunk is meant to take. */
    public static final Duration USUAL = Duration.ofSeconds(5);

    private static final int FIRST = 16;
    private static final int GROWTH = 4;

    private final Duration wanted;
    private int steps;

    /** @param wanted time of a chunk; zero for one step */
    ChunkLength(Duration wanted) {
        this.wanted = wanted;
        this.steps = wanted.isZero() ? 1 : FIRST;
    }

    int steps() {
        return steps;
    }

    /**
     * How many chunks of the usual length a training has.
     *
     * @param steps of the training
     * @param secondsEach of a step
     * @param secondsBeside that each chunk takes beside its steps
     */
    public static long chunks(long steps, double secondsEach, double secondsBeside) {
        ChunkLength length = new ChunkLength(USUAL);
        long made = 0;
        long chunks = 0;
        while (made < steps) {
            int next = length.steps();
            made += next;
            chunks++;
            length.measured(next, Duration.ofNanos((long) (1e9 * (secondsBeside + next * secondsEach))));
            if (length.steps() == next) {
                return chunks + Math.max(0, (steps - made + next - 1) / next);
            }
        }
        return chunks;
    }

    /** Takes over how long a chunk of {@code made} steps took. */
    void measured(int made, Duration took) {
        double fitting = (double) made * wanted.toNanos() / Math.max(1, took.toNanos());
        steps = (int) Math.max(1, Math.min(fitting, (double) GROWTH * steps));
    }
}
