package io.retort.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import org.apache.spark.executor.ExecutorMetrics;
import org.apache.spark.metrics.ExecutorMetricType;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.junit.jupiter.api.Test;
import scala.Tuple2;
import scala.collection.immutable.List$;
import scala.collection.immutable.Map$;

class PeakMemoryTest {
    @Test
    void isAtLeastWhatTheProcessHasTouched() {
        byte[] touched = new byte[200 << 20];
        Arrays.fill(touched, (byte) 1);
        assertThat(PeakMemory.here()).isBetween((long) touched.length, 1L << 40);
        assertThat(touched).endsWith((byte) 1);
        try (PeakMemory memory = PeakMemory.watch(LocalSpark.context())) {
            assertThat(memory.bytes()).containsOnlyKeys("driver");
            assertThat(PeakMemory.describe(memory.bytes())).matches("driver [0-9,]{3,} MiB");
        }
    }

    @Test
    void executorsAreSummedUpByTheGreatest() {
        assertThat(PeakMemory.describe(
                        Map.of("driver", 812L << 20, "executor 0", 1433L << 20, "executor 11", 9L << 20)))
                .isEqualTo("driver 812 MiB, executors at most 1,433 MiB");
    }

    /** One that is gone cannot be asked any more. */
    @Test
    void ofAnExecutorThatIsLostTheHeartbeatsAreKnown() {
        PeakMemory.Executors executors = new PeakMemory.Executors();
        executors.onExecutorMetricsUpdate(heartbeat("3", 700));
        executors.onExecutorMetricsUpdate(heartbeat("3", 900));
        executors.onExecutorMetricsUpdate(heartbeat("3", 800));
        executors.onExecutorMetricsUpdate(heartbeat("4", 0)); // not gathered
        executors.onExecutorMetricsUpdate(heartbeat("driver", 100));
        assertThat(executors.bytes()).isEqualTo(Map.of("executor 3", 900L));
    }

    private static SparkListenerExecutorMetricsUpdate heartbeat(String executor, long resident) {
        long[] values = new long[ExecutorMetricType.numMetrics()];
        values[(Integer) ExecutorMetricType.metricToOffset().apply("ProcessTreeJVMRSSMemory")] = resident;
        return new SparkListenerExecutorMetricsUpdate(
                executor,
                List$.MODULE$.empty(),
                Map$.MODULE$
                        .<Tuple2<Object, Object>, ExecutorMetrics>empty()
                        .updated(new Tuple2<>(0, 0), new ExecutorMetrics(values)));
    }
}
