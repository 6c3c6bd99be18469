package io.retort.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TaskSlotsTest {
    @Test
    void oneTrainingHasAllSlotsThatItCanUse() {
        TaskSlots slots = TaskSlots.fixed(8);
        try (TaskSlots.Training training = slots.enter(1)) {
            assertThat(training.<Integer>run(4, share -> share)).isEqualTo(4);
            assertThat(training.<Integer>run(32, share -> share)).isEqualTo(8);
        }
    }

    @Test
    void severalShareThem() {
        TaskSlots slots = TaskSlots.fixed(8);
        TaskSlots.Training first = slots.enter(1);
        TaskSlots.Training second = slots.enter(1);
        TaskSlots.Training third = slots.enter(1);
        assertThat(first.<Integer>run(32, share -> share)).isEqualTo(3);
        assertThat(second.<Integer>run(32, share -> share)).isEqualTo(3);
        assertThat(third.<Integer>run(32, share -> share)).isEqualTo(2);
        first.close();
        assertThat(second.<Integer>run(32, share -> share)).isEqualTo(4);
        second.close();
        third.close();
    }

    @Test
    void whoEntersNextHasItsShareAlready() throws InterruptedException {
        TaskSlots slots = TaskSlots.fixed(2);
        try (TaskSlots.Training first = slots.enter(1)) {
            TaskSlots.Training second = slots.enter(1);
            Thread third = new Thread(() -> slots.enter(1).close());
            third.start();
            awaitWaiting(third);
            synchronized (slots) { // the third cannot enter here
                second.close();
                assertThat(first.share()).isOne();
            }
            third.join();
            assertThat(first.share()).isEqualTo(2);
            assertThat(slots.trainings()).isEqualTo(3);
        }
    }

    @Test
    void theLongestThatWaitsIsAdmittedFirst() throws InterruptedException {
        TaskSlots slots = TaskSlots.fixed(1);
        List<Double> order = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        try (TaskSlots.Training training = slots.enter(0)) {
            assertThat(training.share()).isOne();
            for (double work : new double[] {1, 3, 2}) {
                Thread thread = new Thread(() -> {
                    try (TaskSlots.Training own = slots.enter(work)) {
                        own.run(1, share -> order.add(work));
                    }
                });
                thread.start();
                threads.add(thread);
                awaitWaiting(thread);
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(order).containsExactly(3.0, 2.0, 1.0);
    }

    @Test
    void noJobRunsBesideAMeasurement() throws InterruptedException {
        TaskSlots slots = TaskSlots.fixed(2);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        Thread job = new Thread(() -> {
            try (TaskSlots.Training training = slots.enter(1)) {
                training.run(1, share -> {
                    running.countDown();
                    await(end);
                    return order.add("job");
                });
            }
        });
        job.start();
        running.await();
        Thread measurement = new Thread(() -> slots.quietly(() -> order.add("measurement")));
        measurement.start();
        awaitWaiting(measurement);
        try (TaskSlots.Training other = slots.enter(1)) {
            Thread next = new Thread(() -> other.run(1, share -> order.add("next job")));
            next.start();
            awaitWaiting(next);
            end.countDown();
            next.join();
        }
        measurement.join();
        job.join();
        assertThat(order).containsExactly("job", "measurement", "next job");
    }

    @Test
    void otherWorkEndsBeforeAMeasurementBeginsAndTrainingsGoOnMeanwhile() throws InterruptedException {
        TaskSlots slots = TaskSlots.fixed(2);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        Thread evaluation = new Thread(() -> slots.beside(() -> {
            running.countDown();
            await(end);
            return order.add("evaluation");
        }));
        evaluation.start();
        running.await();
        List<Thread> measurements = new ArrayList<>();
        for (int number = 1; number <= 2; number++) {
            Thread measurement = new Thread(() -> slots.quietly(() -> {
                order.add("begins");
                return order.add("ends");
            }));
            measurement.start();
            awaitWaiting(measurement);
            measurements.add(measurement);
        }
        try (TaskSlots.Training training = slots.enter(1)) {
            training.run(1, share -> order.add("job"));
        }
        end.countDown();
        evaluation.join();
        for (Thread measurement : measurements) {
            measurement.join();
        }
        assertThat(order).containsExactly("job", "evaluation", "begins", "ends", "begins", "ends");
    }

    @Test
    void nothingBeginsAfterAStop() throws InterruptedException {
        TaskSlots slots = TaskSlots.fixed(1);
        List<RuntimeException> refused = Collections.synchronizedList(new ArrayList<>());
        try (TaskSlots.Training training = slots.enter(1)) {
            Thread waiting = new Thread(() -> {
                try (TaskSlots.Training other = slots.enter(1)) {
                    other.run(1, share -> share);
                } catch (TaskSlots.StoppedException e) {
                    refused.add(e);
                }
            });
            waiting.start();
            awaitWaiting(waiting);
            slots.stop();
            waiting.join();
            assertThat(refused).hasSize(1);
            assertThatThrownBy(() -> training.run(1, share -> share)).isInstanceOf(TaskSlots.StoppedException.class);
        }
        assertThatThrownBy(() -> slots.beside(() -> 1)).isInstanceOf(TaskSlots.StoppedException.class);
        assertThatThrownBy(() -> slots.quietly(() -> 1)).isInstanceOf(TaskSlots.StoppedException.class);
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
