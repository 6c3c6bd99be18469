package io.retort.distill.allreduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.spark.LocalSpark;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.junit.jupiter.api.Test;
import scala.Function1;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

class AllReduceRingTest {
    private static final int LENGTH = 100;

    private static List<float[]> sums(int lanes, int ranks, int failing) {
        JavaRDD<Integer> tasks = LocalSpark.context()
                .parallelize(IntStream.range(0, ranks).boxed().toList(), ranks);
        Function1<Iterator<Integer>, Iterator<float[]>> task =
                (Function1<Iterator<Integer>, Iterator<float[]>> & Serializable) own -> JavaConverters.asScalaIterator(
                        List.of(steps(lanes, ranks, own.next(), failing)).iterator());
        ClassTag<float[]> type = ClassTag$.MODULE$.apply(float[].class);
        return tasks.rdd()
                .barrier()
                .mapPartitions(task, false, type)
                .toJavaRDD()
                .collect();
    }

    /** The sum of the last of three steps. */
    private static float[] steps(int lanes, int ranks, int rank, int failing) {
        Lanes own = Gradients.runs(lanes, ranks).get(rank);
        float[] sum = {};
        try (AllReduce all =
                AllReduceRing.join(BarrierTaskContext.get(), own, LENGTH, Duration.ofMinutes(1), "secret")) {
            for (int step = 0; step < 3; step++) {
                if (rank == failing && step == 2) {
                    IllegalStateException failure = new IllegalStateException("rank " + rank + " lost its data");
                    all.abort(failure);
                    throw failure;
                }
                for (int lane = own.first(); lane < own.first() + own.own(); lane++) {
                    all.add(lane, Gradients.of(step, lane, LENGTH));
                }
                sum = all.sum().clone();
            }
        }
        return sum;
    }

    @Test
    void tasksOfABarrierStageAddUpWhatOneTaskAddsUp() {
        float[] expected = Gradients.sum(2, 0, 5, LENGTH);
        assertThat(sums(5, 1, -1)).containsExactly(expected);
        assertThat(sums(5, 2, -1)).containsExactly(expected, expected);
    }

    @Test
    void aTaskThatFailsFailsTheJob() {
        assertThatThrownBy(() -> sums(5, 2, 1)).hasMessageContaining("rank 1 lost its data");
    }

    /** Spark's allGather takes a second; this one must be of use for jobs of a few seconds. */
    @Test
    void tasksGiveEachOtherTexts() {
        JavaRDD<Integer> tasks = LocalSpark.context().parallelize(List.of(0, 1), 2);
        Function1<Iterator<Integer>, Iterator<String>> task =
                (Function1<Iterator<Integer>, Iterator<String>> & Serializable) own -> {
                    BarrierGathering gathering =
                            new BarrierGathering(BarrierTaskContext.get(), Duration.ofMinutes(1), () -> {});
                    List<String> first = gathering.texts("rank " + own.next());
                    List<String> second = gathering.texts("again " + first.size());
                    return JavaConverters.asScalaIterator(
                            List.of(first + " " + second).iterator());
                };
        ClassTag<String> type = ClassTag$.MODULE$.apply(String.class);
        String all = "[rank 0, rank 1] [again 2, again 2]";
        assertThat(tasks.rdd()
                        .barrier()
                        .mapPartitions(task, false, type)
                        .toJavaRDD()
                        .collect())
                .containsExactly(all, all);
    }
}
