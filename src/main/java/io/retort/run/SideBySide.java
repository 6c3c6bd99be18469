package io.retort.run;

import io.retort.spark.TaskSlots;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Does independent parts of a run at the same time, each on a thread of its own, and waits for all of them. The threads
 * only wait: {@link TaskSlots} limits how much is done at once.
 *
 * <p>Where a part fails, nothing new begins in the others, and the first failure is thrown once they have ended, by
 * whoever waits for any of them. Parts may have parts.
 */
final class SideBySide {
    private final TaskSlots slots;
    private final Runnable cancel;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /**
     * @param slots that all parts take what they do from
     * @param cancel ends what is under way, called once, at the first failure
     */
    SideBySide(TaskSlots slots, Runnable cancel) {
        this.slots = slots;
        this.cancel = cancel;
    }

    TaskSlots slots() {
        return slots;
    }

    /** Does all parts; the results are in their order. */
    <T> List<T> all(List<? extends Supplier<T>> parts) {
        List<Part<T>> started = parts.stream().<Part<T>>map(Part::new).toList();
        await(started);
        return started.stream().map(part -> part.result).toList();
    }

    /** Does two parts and joins what comes out. */
    <A, B, R> R both(Supplier<A> one, Supplier<B> other, BiFunction<A, B, R> join) {
        Part<A> first = new Part<>(one);
        Part<B> second = new Part<>(other);
        await(List.of(first, second));
        return join.apply(first.result, second.result);
    }

    private void await(List<? extends Part<?>> parts) {
        String name = Thread.currentThread().getName();
        List<Thread> threads = IntStream.rangeClosed(1, parts.size())
                .mapToObj(number -> new Thread(parts.get(number - 1), name + "-" + number))
                .toList();
        threads.forEach(thread -> {
            thread.setDaemon(true); // whoever ends the process need not wait for them
            thread.start();
        });
        threads.forEach(this::join);
        rethrow();
    }

    private void join(Thread thread) {
        for (boolean interrupted = false; ; interrupted = true) {
            try {
                thread.join();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                return;
            } catch (InterruptedException e) {
                failed(new IllegalStateException("interrupted while parts of a run were under way", e));
            }
        }
    }

    private void failed(Throwable problem) {
        if (failure.compareAndSet(null, problem)) {
            slots.stop();
            try {
                cancel.run();
            } catch (RuntimeException e) {
                problem.addSuppressed(e);
            }
        }
    }

    private void rethrow() {
        Throwable first = failure.get();
        if (first instanceof Error error) {
            throw error;
        }
        if (first instanceof RuntimeException exception) {
            throw exception;
        }
    }

    private final class Part<T> implements Runnable {
        private final Supplier<T> work;
        private T result;

        Part(Supplier<T> work) {
            this.work = work;
        }

        @Override
        public void run() {
            try {
                result = work.get();
            } catch (RuntimeException | Error e) {
                failed(e);
            }
        }
    }

    /** Lets those who need the same thing wait for each other, so that the first makes it and the others find it. */
    static final class OneAtATime {
        private final Map<String, Object> locks = new ConcurrentHashMap<>();

        /** @param key of what is needed */
        <T> T of(String key, Supplier<T> work) {
            synchronized (locks.computeIfAbsent(key, unknown -> new Object())) {
                return work.get();
            }
        }
    }
}
