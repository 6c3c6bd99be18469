package io.retort.spark;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.executor.ExecutorMetrics;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import scala.Tuple2;
import scala.collection.Iterator;

/**
 * The most resident memory that the processes of a session have had since they began: heap, native arrays and libraries
 * together.
 *
 * <p>Of those that are there in the end it is {@code VmHWM} in Linux' {@code /proc/self/status}. Of executors that were
 * lost or released before, it is the greatest that their heartbeats brought, every ten seconds, where
 * {@code spark.executor.processTreeMetrics.enabled} is set.
 */
public final class PeakMemory implements AutoCloseable {
    private static final String DRIVER = "driver";
    private static final String EXECUTOR = "executor ";
    private static final String FIELD = "VmHWM:";
    private static final String RESIDENT = "ProcessTreeJVMRSSMemory";

    /** Tasks for each slot, so that every executor gets some. */
    private static final int TASKS_EACH = 4;

    private final JavaSparkContext spark;
    private final Executors executors = new Executors();

    private PeakMemory(JavaSparkContext spark) {
        this.spark = spark;
    }

    /** Watches executors from now on. */
    public static PeakMemory watch(JavaSparkContext spark) {
        PeakMemory memory = new PeakMemory(spark);
        spark.sc().addSparkListener(memory.executors);
        return memory;
    }

    @Override
    public void close() {
        spark.sc().removeSparkListener(executors);
    }

    /** Bytes by process: {@code driver}, and on a cluster {@code executor 0} and so on. */
    public Map<String, Long> bytes() {
        if (!SessionSetup.isLocal(spark.getConf())) {
            List<Integer> tasks = IntStream.range(0, TASKS_EACH * spark.defaultParallelism())
                    .boxed()
                    .toList();
            ParallelTasks.collect(spark, tasks, task -> new Peak(SparkEnv.get().executorId(), here()))
                    .forEach(peak -> executors.heard(peak.executor(), peak.bytes()));
        }
        Map<String, Long> bytes = executors.bytes();
        bytes.put(DRIVER, here());
        return bytes;
    }

    private record Peak(String executor, long bytes) implements Serializable {}

    /** For people: such as {@code driver 812 MiB, executors at most 1,433 MiB}. */
    public static String describe(Map<String, Long> bytes) {
        String driver = DRIVER + " " + text(bytes.getOrDefault(DRIVER, 0L));
        return ofExecutors(bytes) == 0 ? driver : driver + ", executors at most " + text(ofExecutors(bytes));
    }

    /** The greatest of an executor; 0 where there is none. */
    public static long ofExecutors(Map<String, Long> bytes) {
        return bytes.entrySet().stream()
                .filter(process -> process.getKey().startsWith(EXECUTOR))
                .mapToLong(Map.Entry::getValue)
                .max()
                .orElse(0);
    }

    /** Bytes of the process that calls; 0 where it cannot be known. */
    public static long here() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(FIELD))
                    .mapToLong(line -> Long.parseLong(line.substring(FIELD.length(), line.length() - " kB".length())
                                    .strip())
                            << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0; // where there is no such file
        }
    }

    private static String text(long bytes) {
        return String.format(Locale.ROOT, "%,d MiB", bytes >> 20);
    }

    /** What executors tell of themselves, in their heartbeats while stages run and when they are asked. */
    static final class Executors extends SparkListener {
        private final Map<String, Long> peaks = new TreeMap<>();

        @Override
        public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
            Iterator<?> stages =
                    RunningTotal.sequence(update, "executorUpdates").iterator();
            while (stages.hasNext()) {
                Tuple2<?, ?> stage = (Tuple2<?, ?>) stages.next();
                heard(update.execId(), ((ExecutorMetrics) stage._2()).getMetricValue(RESIDENT));
            }
        }

        /** The driver has a heartbeat, too. */
        private synchronized void heard(String executor, long bytes) {
            if (bytes > 0 && !executor.equals(DRIVER)) {
                peaks.merge(EXECUTOR + executor, bytes, Math::max);
            }
        }

        synchronized Map<String, Long> bytes() {
            return new TreeMap<>(peaks);
        }
    }
}
