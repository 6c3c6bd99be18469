package io.retort.distill.allreduce;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Vectors whose float32 sum depends on the order of addition, and that sum by plain recursion. */
final class Gradients {
    private static final double[] SIZES = {1e-4, 1e-2, 1, 1e2, 1e4};

    private Gradients() {}

    /** Of sizes from 1e-4 to 1e4. */
    static float[] of(long step, int lane, int length) {
        Random random = new Random(31 * step + lane);
        float[] vector = new float[length];
        for (int i = 0; i < length; i++) {
            vector[i] = (float) (random.nextGaussian() * SIZES[random.nextInt(SIZES.length)]);
        }
        return vector;
    }

    static float[] sum(long step, int from, int to, int length) {
        if (to - from == 1) {
            return of(step, from, length);
        }
        int middle = (from + to) / 2;
        float[] left = sum(step, from, middle, length);
        float[] right = sum(step, middle, to, length);
        for (int i = 0; i < length; i++) {
            left[i] += right[i];
        }
        return left;
    }

    static List<float[]> sums(int steps, int lanes, int length) {
        return IntStream.range(0, steps)
                .mapToObj(step -> sum(step, 0, lanes, length))
                .toList();
    }

    /**
     * Gives the gradients of a rank's lanes in an order that differs from step to step, and lets others run in between;
     * copies of the sums.
     */
    static List<float[]> steps(AllReduce rank, Lanes lanes, int steps, int length) {
        Random random = new Random(lanes.first());
        List<float[]> sums = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
            List<Integer> order = new ArrayList<>(IntStream.range(lanes.first(), lanes.first() + lanes.own())
                    .boxed()
                    .toList());
            Collections.shuffle(order, random);
            for (int lane : order) {
                IntStream.range(0, random.nextInt(10)).forEach(time -> Thread.onSpinWait());
                rank.add(lane, of(step, lane, length));
            }
            float[] sum = rank.sum();
            IntStream.range(0, random.nextInt(10)).forEach(time -> Thread.onSpinWait());
            sums.add(sum.clone());
        }
        return sums;
    }

    /** Contiguous runs of lanes, as equal as can be. */
    static List<Lanes> runs(int lanes, int ranks) {
        return IntStream.range(0, ranks)
                .mapToObj(rank -> {
                    int first = lanes * rank / ranks;
                    return new Lanes(lanes, first, lanes * (rank + 1) / ranks - first);
                })
                .toList();
    }

    /** Runs each in a thread of its own, and gives what they return or throw, in their order. */
    static <T> List<CompletableFuture<T>> together(List<Supplier<T>> works) {
        ExecutorService threads = Executors.newFixedThreadPool(works.size());
        try {
            List<CompletableFuture<T>> all = new ArrayList<>();
            works.forEach(work -> all.add(CompletableFuture.supplyAsync(work, threads)));
            return all;
        } finally {
            threads.shutdown(); // ends them after their work
        }
    }
}
