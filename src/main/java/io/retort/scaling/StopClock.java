package io.retort.scaling;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Times work that is done again and again, by one thread or by several at once. */
final class StopClock {
    private static final int LEAST_RUNS = 3;

    private StopClock() {}

    static double seconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    /** The median time of one run after a warm-up of a third of the time, with at least {@value #LEAST_RUNS} runs in each. */
    static double median(Duration time, Runnable work) {
        times(time.dividedBy(3), work);
        return median(times(time, work));
    }

    /** The same while every one of {@code workers} runs in a thread of its own. */
    static double median(Duration time, List<Runnable> workers) {
        ExecutorService threads = Executors.newFixedThreadPool(workers.size());
        try {
            List<Future<List<Double>>> running = workers.stream()
                    .map(work -> threads.submit(() -> {
                        times(time.dividedBy(3), work);
                        return times(time, work);
                    }))
                    .toList();
            List<Double> all = new ArrayList<>();
            for (Future<List<Double>> one : running) {
                all.addAll(one.get());
            }
            return median(all);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while measuring", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Double> times(Duration time, Runnable work) {
        List<Double> seconds = new ArrayList<>();
        long begin = System.nanoTime();
        while (seconds.size() < LEAST_RUNS || System.nanoTime() - begin < time.toNanos()) {
            seconds.add(seconds(work));
        }
        return seconds;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
