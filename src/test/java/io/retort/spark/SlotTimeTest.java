package io.retort.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SlotTimeTest {
    private final JavaSparkContext spark = LocalSpark.context();

    @Test
    void addsUpTheTimesOfTasks() {
        try (SlotTime time = new SlotTime(spark)) {
            waiting(3, 200);
            awaitAtLeast(time, 0.6);
        }
    }

    @Test
    void knowsNothingOfTasksBeforeAndAfter() {
        waiting(2, 50);
        SlotTime time = new SlotTime(spark);
        assertThat(time.seconds()).isZero();
        waiting(1, 50);
        awaitAtLeast(time, 0.05);
        time.close();
        double until = time.seconds();
        waiting(1, 50);
        assertThat(time.seconds()).isEqualTo(until);
    }

    private void waiting(int tasks, long millis) {
        ArrayList<Integer> inputs = new ArrayList<>();
        for (int i = 0; i < tasks; i++) {
            inputs.add(i);
        }
        List<Integer> done = ParallelTasks.collect(spark, inputs, input -> {
            long end = System.nanoTime() + millis * 1_000_000;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            return input;
        });
        assertThat(done).isEqualTo(inputs);
    }

    /** Spark tells of the end of a task on a thread of its own. */
    private static void awaitAtLeast(SlotTime time, double seconds) {
        while (time.seconds() < seconds) {
            Thread.onSpinWait();
        }
    }
}
