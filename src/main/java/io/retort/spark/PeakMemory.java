package io.retort.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The most resident memory that the processes of a session have had since they began: {@code VmHWM} in Linux'
 * {@code /proc/self/status}, heap, native arrays and libraries together.
 */
public final class PeakMemory {
    private static final String FIELD = "VmHWM:";

    /** Tasks for each slot, so that every executor gets some. */
    private static final int TASKS_EACH = 4;

    private PeakMemory() {}

    /** For people: such as {@code driver 812 MiB, executors at most 1,433 MiB}. */
    public static String of(JavaSparkContext spark) {
        String driver = "driver " + text(here());
        if (SessionSetup.isLocal(spark.getConf())) {
            return driver;
        }
        List<Integer> tasks = IntStream.range(0, TASKS_EACH * spark.defaultParallelism())
                .boxed()
                .toList();
        long executors = ParallelTasks.collect(spark, tasks, task -> here()).stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
        return driver + ", executors at most " + text(executors);
    }

    /** Bytes of the process that calls; 0 where it cannot be known. */
    static long here() {
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
}
