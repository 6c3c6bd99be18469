package io.retort.bench;

import io.retort.EmbeddedCluster;
import io.retort.distill.AveragingTrainer;
import io.retort.distill.RoundResult;
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
 * What the driver keeps of a network of five million parameters by number of replicas: {@code submit-scripts/benchmark --states}. Replicas are
 * simulated: their tasks, in one executor of a standalone cluster, take over the state and give back what those of a training give back, and make no steps.
 */
public final class StatesAtDriver {
    private static final int PARAMETERS = 5_000_000;
    private static final int MIB = 1 << 20;
    private static final List<Integer> REPLICAS = List.of(2, 20, 200);

    private StatesAtDriver() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Scratch.directory();
        TrainingState state = state(1);
        System.out.printf(
                "| trainer | replicas | heap of the driver, MiB | of it the state, MiB |%n|---|---|---|---|%n");
        // Tasks of one job start together; those of a round of averaging one after the other on two cores.
        on(
                directory.resolve("together"),
                200,
                spark -> REPLICAS.forEach(
                        replicas -> row("synchronous", replicas, () -> together(spark, state, replicas))));
        on(
                directory.resolve("averaging"),
                2,
                spark -> REPLICAS.forEach(
                        replicas -> row("averaging", replicas, () -> averaged(spark, state, replicas))));
    }

    private static TrainingState state(int step) {
        return new TrainingState(new float[PARAMETERS], new float[2 * PARAMETERS], step);
    }

    private interface Work {
        void on(JavaSparkContext spark);
    }

    private static void on(Path directory, int cores, Work work) throws IOException {
        try (EmbeddedCluster running = EmbeddedCluster.start(Files.createDirectory(directory), 1, cores)) {
            Map<String, String> settings = new HashMap<>(Benchmark.onCluster(running));
            settings.put("spark.cores.max", Integer.toString(cores));
            settings.put("spark.driver.maxResultSize", "2500m");
            try (SparkSession session = SessionSetup.start("benchmark", settings)) {
                work.on(JavaSparkContext.fromSparkContext(session.sparkContext()));
            }
        }
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

    private static List<RoundResult> averaged(JavaSparkContext spark, TrainingState state, int replicas) {
        try (SharedValue<TrainingState> shared = SharedValue.of(spark, state)) {
            return ParallelTasks.collectMerged(
                    spark,
                    numbers(replicas),
                    AveragingTrainer.FAN_IN,
                    replica -> new RoundResult(replica, 1, 0, 0, shared.value()),
                    some -> new RoundResult(some.get(0).replica(), some.size(), 0, 0, RoundResult.mean(some)));
        }
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    /** After a collection, while all that has come back is still held. */
    private static void row(String trainer, int replicas, Supplier<List<?>> job) {
        List<?> held = List.of();
        for (int i = 0; i < 2; i++) { // what the first loads and compiles stays
            held = job.get();
        }
        ManagementFactory.getMemoryMXBean().gc();
        long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        System.out.printf(
                "| %s | %d | %d | %d |%n", trainer, replicas, used / MIB, 3L * Float.BYTES * PARAMETERS / MIB);
        System.err.println(held.size() + " results");
    }
}
