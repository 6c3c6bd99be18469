package io.retort.distill;

import java.time.Duration;

/**
 * How many optimiser steps a chunk has: as many as take a few seconds by what the chunk before took, so that a Spark job's own time does not count and progress
 * is seen. The first ones are short. What is trained does not depend on it.
 */
final class ChunkLength {
    static final Duration USUAL = Duration.ofSeconds(5);

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

    /** So long did a chunk of so many steps take. */
    void measured(int made, Duration took) {
        double fitting = (double) made * wanted.toNanos() / Math.max(1, took.toNanos());
        steps = (int) Math.max(1, Math.min(fitting, (double) GROWTH * steps));
    }
}
