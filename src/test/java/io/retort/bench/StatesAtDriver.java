package io.retort.bench;

import io.retort.EmbeddedCluster;
import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.spark.ParallelTasks;
import io.retort.spark.SessionSetup;
import io.retort.spark.SharedValue;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * What the driver keeps of a network of five million parameters by number of replicas that step together: {@code submit-scripts/benchmark --states}.
 * Replicas are simulated: their tasks, in one executor of a standalone cluster, take over the state and give back what those of a training give back, and make no steps.
 */
public final class StatesAtDriver {
    private static final int PARAMETERS = 5_000_000;
    private static final int MIB = 1 << 20;
    private static final List<Integer> REPLICAS = List.of(2, 20, 200);

    private StatesAtDriver() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createDirectory(Scratch.directory().resolve("cluster"));
        TrainingState state = state(1);
        System.out.printf("| replicas | heap of the driver, MiB | of it the state, MiB |%n|---|---|---|%n");
        int cores = REPLICAS.stream().mapToInt(Integer::intValue).max().orElseThrow();
        try (EmbeddedCluster running = EmbeddedCluster.start(directory, 1, cores)) {
            Map<String, String> settings = new HashMap<>(Benchmark.onCluster(running));
            settings.put("spark.cores.max", Integer.toString(cores));
            // The tasks are of this class, which is none of the jar's.
            settings.put("spark.executor.extraClassPath", target("test-classes") + ":" + target("retort.jar"));
            try (SparkSession session = SessionSetup.start("benchmark", settings)) {
                JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
                REPLICAS.forEach(replicas -> row(replicas, () -> together(spark, state, replicas)));
            }
        }
        System.exit(0); // Spark's barrier mode leaves a thread that is no daemon
    }

    private static TrainingState state(int step) {
        return new TrainingState(new float[PARAMETERS], new float[2 * PARAMETERS], step);
    }

    private static Path target(String name) {
        return Path.of("target", name).toAbsolutePath();
    }

    /** The state goes to the executor, and comes back from the first rank. */
    private static List<?> together(JavaSparkContext spark, TrainingState state, int replicas) {
        try (SharedValue<TrainingState> shared = SharedValue.of(spark, state)) {
            return ParallelTasks.together(spark, numbers(replicas), (rank, gang) -> {
                ArrayList<TrainingState> back = new ArrayList<>();
                if (rank == 0) {
                    back.add(shared.value());
                }
                return back;
            });
        }
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    /** After a collection, while all that has come back is still held. */
    private static void row(int replicas, Supplier<List<?>> job) {
        List<?> held = List.of();
        for (int i = 0; i < 2; i++) { // what the first loads and compiles stays
            held = job.get();
        }
        ManagementFactory.getMemoryMXBean().gc();
        long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        System.out.printf("| %d | %d | %d |%n", replicas, used / MIB, 3L * Float.BYTES * PARAMETERS / MIB);
        System.err.println(held.size() + " results");
    }
}
