package io.retort.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.Test;

class RunningTotalTest {
    /** Of the task, which runs in this JVM. */
    private static final CountDownLatch HEARD = new CountDownLatch(1);

    @Test
    void isHeardWhileATaskRunsAndCompleteInTheEnd() {
        AtomicLong total = new AtomicLong();
        boolean heardBefore;
        try (RunningTotal rows = new RunningTotal(LocalSpark.context(), "rows", more -> {
            if (total.addAndGet(more) == 5) {
                HEARD.countDown();
            }
        })) {
            LongAccumulator adder = rows.adder();
            heardBefore = ParallelTasks.collect(LocalSpark.context(), List.of(1), input -> {
                        adder.add(5);
                        boolean heard = HEARD.await(60, TimeUnit.SECONDS);
                        adder.add(7);
                        return heard;
                    })
                    .get(0);
        }
        assertThat(heardBefore).isTrue();
        assertThat(total).hasValue(12);
    }
}
