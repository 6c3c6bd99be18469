package io.retort.bench;

import io.retort.distill.RoundResult;
import io.retort.distill.allreduce.AllReduce;
import io.retort.distill.allreduce.AllReduceRing;
import io.retort.distill.allreduce.Lanes;
import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.spark.ParallelTasks;
import io.retort.spark.SessionSetup;
import io.retort.spark.SharedValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * What a Spark job of two replicas costs beside their steps, in its parts: {@code submit-scripts/benchmark --jobs}, in local mode. A round of averaging sends the state to all
 * replicas and back from all; a job of steps made together sends it to nobody that has it, and back once, but meets.
 */
public final class JobCost {
    private static final int TIMES = 15;
    private static final int REPLICAS = 2;
    private static final Map<String, Integer> NETWORKS =
            new LinkedHashMap<>(Map.of("w1-student", 9_226, "w1-teacher", 289_066));

    private JobCost() {}

    public static void main(String[] arguments) {
        System.out.println("| where | network | part | ms |\n|---|---|---|---|");
        try (SparkSession session = SessionSetup.start("jobs", Map.of("spark.master", "local[2]"))) {
            measure("local[2]", session);
        }
        System.exit(0); // Spark's barrier mode leaves a thread that is no daemon
    }

    private static void measure(String where, SparkSession session) {
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        NETWORKS.forEach((network, parameters) -> {
            TrainingState state = new TrainingState(new float[parameters], new float[2 * parameters], 1);
            row(where, network, "state, made bytes and broadcast", () -> {
                SharedValue.of(spark, state).close();
            });
            row(where, network, "job of two tasks", () -> ParallelTasks.collect(spark, ranks(), rank -> rank));
            row(where, network, "round of averaging, without steps", () -> averaging(spark, state));
            row(
                    where,
                    network,
                    "job of two tasks that start together",
                    () -> ParallelTasks.together(spark, ranks(), (rank, gang) -> rank));
            row(where, network, "job of steps together, without steps", () -> together(spark, state));
        });
    }

    private static List<Integer> ranks() {
        return new ArrayList<>(List.of(0, 1));
    }

    /** State out to both, both states back, and their mean. */
    private static void averaging(JavaSparkContext spark, TrainingState state) {
        try (SharedValue<TrainingState> shared = SharedValue.of(spark, state)) {
            List<RoundResult> results =
                    ParallelTasks.collect(spark, ranks(), rank -> new RoundResult(rank, 1, 0, 0, shared.value()));
            RoundResult.mean(results);
        }
    }

    /** The executors have the state already; they meet, and the first one's comes back. */
    private static void together(JavaSparkContext spark, TrainingState state) {
        int length = state.parameters().length + 1;
        String secret = UUID.randomUUID().toString();
        try (SharedValue<TrainingState> unread = SharedValue.of(spark, state)) {
            ParallelTasks.together(spark, ranks(), (rank, gang) -> {
                try (AllReduce sums =
                        AllReduceRing.join(gang, new Lanes(REPLICAS, rank, 1), length, Duration.ofMinutes(1), secret)) {
                    sums.add(rank, new float[length]);
                    sums.sum();
                }
                ArrayList<TrainingState> back = new ArrayList<>();
                if (rank == 0) {
                    back.add(new TrainingState(new float[length - 1], new float[2 * (length - 1)], rank));
                } else if (rank == REPLICAS) { // never: executors that have the state leave it where it is
                    back.add(unread.value());
                }
                return back;
            });
        }
    }

    private static void row(String where, String network, String part, Runnable work) {
        double[] millis = new double[TIMES];
        for (int i = 0; i < TIMES; i++) {
            long start = System.nanoTime();
            work.run();
            millis[i] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(millis);
        System.out.println(
                String.format(Locale.ROOT, "| %s | %s | %s | %.1f |", where, network, part, millis[TIMES / 2]));
    }
}
