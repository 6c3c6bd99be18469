package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.run.SideBySide.OneAtATime;
import io.retort.spark.TaskSlots;
import io.retort.storage.ArtifactException;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SideBySideTest {
    private final AtomicInteger cancelled = new AtomicInteger();
    private final TaskSlots slots = TaskSlots.fixed(2);
    private final SideBySide sideBySide = new SideBySide(slots, cancelled::incrementAndGet);

    @Test
    void allPartsAreUnderWayAtOnceAndResultsAreInTheirOrder() {
        CyclicBarrier all = new CyclicBarrier(4);
        List<Supplier<String>> parts = List.of(
                () -> after(all, "a"),
                () -> after(all, "b"),
                () -> sideBySide.both(() -> after(all, "c"), () -> after(all, "d"), String::concat));
        assertThat(sideBySide.all(parts)).containsExactly("a", "b", "cd");
        assertThat(sideBySide.all(List.<Supplier<String>>of())).isEmpty();
        assertThat(cancelled).hasValue(0);
    }

    @Test
    void theFirstFailureIsThrownAsItIsOnceTheOthersHaveEnded() {
        CountDownLatch entered = new CountDownLatch(1);
        ArtifactException.Lost lost = new ArtifactException.Lost("a shard is gone", new IllegalStateException());
        AtomicInteger begun = new AtomicInteger();
        List<Supplier<Integer>> parts = List.of(
                () -> {
                    // A part of this part fails, while the other training waits for its next job.
                    return sideBySide.both(
                            () -> {
                                await(entered);
                                throw lost;
                            },
                            () -> 1,
                            Integer::sum);
                },
                () -> {
                    try (TaskSlots.Training training = slots.enter(1)) {
                        entered.countDown();
                        for (; ; ) {
                            begun.set(training.run(1, share -> begun.get() + 1));
                        }
                    }
                });
        assertThatThrownBy(() -> sideBySide.all(parts)).isSameAs(lost);
        assertThat(cancelled).hasValue(1);
        int jobs = begun.get();
        assertThatThrownBy(() -> slots.enter(1)).isInstanceOf(TaskSlots.StoppedException.class);
        assertThat(begun).as("jobs of the other part").hasValue(jobs);
    }

    @Test
    void anErrorIsThrownAsItIs() {
        OutOfMemoryError error = new OutOfMemoryError("a test's");
        List<Supplier<Integer>> parts = List.of(() -> {
            throw error;
        });
        assertThatThrownBy(() -> sideBySide.all(parts)).isSameAs(error);
    }

    @Test
    void whatIsNeededTwiceAtOnceIsMadeOnce() {
        OneAtATime oneAtATime = new OneAtATime();
        AtomicInteger made = new AtomicInteger();
        CyclicBarrier both = new CyclicBarrier(2);
        Supplier<Integer> part = () ->
                after(both, oneAtATime).of("a network", () -> made.get() == 0 ? made.incrementAndGet() : made.get());
        assertThat(sideBySide.all(List.of(part, part))).containsExactly(1, 1);
    }

    private static <T> T after(CyclicBarrier barrier, T result) {
        try {
            barrier.await();
            return result;
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
