package io.retort.search;

import io.retort.search.Strategy.Trial;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs trials side by side in an order that does not depend on which of them ends first.
 *
 * <p>At most {@code window} trials are under way. Before trial k is proposed, the strategy has learned the outcomes of
 * all trials up to k − window, in their order, and no other, whether or not later ones have ended. The price is idle
 * slots where the oldest trial takes longer than all the others of its window together; a window of twice the slots
 * makes that rare, and one of 1 makes every proposal know all outcomes.
 *
 * @param window the most trials under way
 * @param epochs that all trials together may have; the first one that would exceed them ends the proposals
 */
public record TrialQueue(int window, long epochs) {
    private static final Logger LOG = LoggerFactory.getLogger(TrialQueue.class);
    private static final Duration MOST_WAIT = Duration.ofMinutes(1);

    /**
     * Runs a strategy to its end; the outcomes are in the order of trials.
     *
     * <p>Where a trial fails, the others are interrupted and waited for, a minute at most.
     *
     * @param training returns the outcome of a trial, in a thread of its own
     */
    public List<Outcome> run(Strategy strategy, Function<Trial, Outcome> training) {
        ExecutorService threads = Executors.newFixedThreadPool(window, TrialQueue::daemon);
        try {
            return run(strategy, trial -> threads.submit((Callable<Outcome>) () -> training.apply(trial)), epochs);
        } finally {
            threads.shutdownNow();
            awaitEnd(threads);
        }
    }

    /** What trials still write must not come after the command's end. */
    private static void awaitEnd(ExecutorService threads) {
        try {
            if (!threads.awaitTermination(MOST_WAIT.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("trials still run {} s after the search was broken off", MOST_WAIT.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Outcome> run(Strategy strategy, Function<Trial, Future<Outcome>> begin, long budget) {
        Deque<Future<Outcome>> underWay = new ArrayDeque<>();
        List<Outcome> ended = new ArrayList<>();
        long left = budget;
        while (true) {
            if (underWay.size() == window) {
                ended.add(tell(strategy, underWay.removeFirst()));
            }
            Optional<Trial> next = strategy.propose();
            if (next.isPresent() && next.get().cost() <= left) {
                left -= next.get().cost();
                underWay.addLast(begin.apply(next.get()));
            } else if (next.isEmpty() && !underWay.isEmpty()) {
                ended.add(tell(strategy, underWay.removeFirst()));
            } else {
                break;
            }
        }
        underWay.forEach(future -> ended.add(tell(strategy, future)));
        return ended;
    }

    private static Outcome tell(Strategy strategy, Future<Outcome> future) {
        try {
            Outcome outcome = future.get();
            strategy.told(outcome);
            return outcome;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            } else if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while trials were under way", e);
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true); // whoever ends the process need not wait for a training
        return thread;
    }
}
