package io.retort.distill;

import io.retort.distill.EpochPlan.StepSizes;
import io.retort.distill.Trainer.StepTimes;
import io.retort.distill.Trainer.TrainingCurve;
import io.retort.distill.Trainer.TrainingListener;
import io.retort.distill.allreduce.AllReduce;
import io.retort.distill.allreduce.AllReduce.GangFailedException;
import io.retort.distill.allreduce.AllReduceRing;
import io.retort.distill.allreduce.Lanes;
import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.spark.ParallelTasks;
import io.retort.spark.SessionSetup;
import io.retort.spark.SharedValue;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the chunks of one training, each as one Spark job: a task for each rank, which start together.
 *
 * <p>A rank that fails, or whose executor is lost, ends its chunk for all. The chunk is then made again from its first
 * step, which gives the same bits; the last time by one rank alone, which needs no other.
 */
final class TrainingGang {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingGang.class);

    /** How often a chunk is begun: as often as Spark tries a task by itself. */
    private static final int ATTEMPTS = 4;

    private final JavaSparkContext spark;
    private final TrainingTask task;
    private final SharedValue<TrainingTask> shared;
    private final StepSizes sizes;
    private final int iterations;
    private final Duration patience;
    private final boolean startsTogether;
    private EpochPlan plan;
    private int plannedEpoch = -1;

    /**
     * @param shared the task as the executors have it
     * @param iterations optimiser steps of the whole training; the last epoch may be cut short
     */
    TrainingGang(
            JavaSparkContext spark,
            TrainingTask task,
            SharedValue<TrainingTask> shared,
            StepSizes sizes,
            int iterations) {
        this.spark = spark;
        this.task = task;
        this.shared = shared;
        this.sizes = sizes;
        this.iterations = iterations;
        SparkConf conf = spark.getConf();
        this.patience = Duration.ofSeconds(conf.getTimeAsSeconds("spark.network.timeout", "120s"));
        // Spark refuses barrier mode where it may give executors back.
        this.startsTogether = SessionSetup.isLocal(conf) || !conf.getBoolean("spark.dynamicAllocation.enabled", false);
        this.plan = new EpochPlan(List.of(), sizes);
    }

    /**
     * Where a training is after a chunk.
     *
     * @param ranks that made its steps
     * @param times of all ranks
     */
    record Trained(Checkpoint.Entry entry, int ranks, StepTimes times) {}

    /**
     * Trains from where a training is.
     *
     * @param end the optimiser step of the whole training before which the chunk ends
     * @param slots that it may use
     */
    Trained train(Checkpoint.Entry before, int end, int slots, TrainingListener listener) {
        List<Chunk.Part> parts = parts(before, end);
        List<Chunk.Result> results =
                attempt(before.state(), parts, startsTogether ? Math.min(slots, sizes.lanes()) : 1);
        requireFinite(parts, results);
        StepTimes times = results.stream().map(Chunk.Result::times).reduce(StepTimes.NONE, StepTimes::plus);
        return new Trained(after(before, results, parts, listener), results.size(), times);
    }

    /** The epochs' parts of a chunk, for all lanes. */
    private List<Chunk.Part> parts(Checkpoint.Entry before, int end) {
        List<Chunk.Part> parts = new ArrayList<>();
        int step = Math.toIntExact(before.state().iteration());
        List<Double> lossSums = before.lossSums();
        while (step < end) {
            int epoch = step / sizes.steps();
            int from = step % sizes.steps();
            int to = Math.min(sizes.steps(), from + end - step);
            EpochPlan rows = plan(epoch);
            List<List<EpochPlan.Piece>> pieces = new ArrayList<>();
            for (int lane = 0; lane < sizes.lanes(); lane++) {
                pieces.add(rows.pieces(lane, from, to));
            }
            parts.add(new Chunk.Part(epoch, from, to, pieces, lossSums));
            lossSums = Collections.nCopies(sizes.lanes(), 0.0);
            step += to - from;
        }
        return parts;
    }

    private EpochPlan plan(int epoch) {
        if (epoch != plannedEpoch) {
            plan = EpochPlan.of(task.dataset().parts(), task.seed(), epoch, sizes);
            plannedEpoch = epoch;
        }
        return plan;
    }

    private List<Chunk.Result> attempt(TrainingState start, List<Chunk.Part> parts, int most) {
        try (SharedValue<TrainingState> state = SharedValue.of(spark, start)) {
            for (int attempt = 1; ; attempt++) {
                List<Chunk> chunks = chunks(start.fingerprint(), parts, attempt == ATTEMPTS ? 1 : most);
                if (chunks.size() == 1) {
                    return alone(state, chunks);
                }
                try {
                    return together(state, chunks);
                } catch (RuntimeException e) {
                    if (spark.sc().isStopped()) {
                        throw e;
                    }
                    LOG.warn(
                            "{} steps are made again from the first: {}",
                            parts.stream()
                                    .mapToInt(part -> part.toStep() - part.fromStep())
                                    .sum(),
                            e.getMessage());
                }
            }
        }
    }

    /** As many ranks as have equally many lanes each; more would only wait for the one with most. */
    private List<Chunk> chunks(long start, List<Chunk.Part> parts, int most) {
        int each = (sizes.lanes() + most - 1) / most;
        List<Chunk> chunks = new ArrayList<>();
        for (int first = 0; first < sizes.lanes(); first += each) {
            int end = Math.min(sizes.lanes(), first + each);
            List<Chunk.Part> own = new ArrayList<>();
            for (Chunk.Part part : parts) {
                own.add(part.ofLanes(first, end));
            }
            chunks.add(new Chunk(chunks.size(), new Lanes(sizes.lanes(), first, end - first), sizes, start, own));
        }
        return chunks;
    }

    private List<Chunk.Result> alone(SharedValue<TrainingState> start, List<Chunk> chunks) {
        SharedValue<TrainingTask> travelling = shared;
        int total = iterations;
        LongAccumulator trained = trained();
        return ParallelTasks.collect(spark, chunks, chunk -> {
            TaskContext context = TaskContext.get();
            trained.add(chunk.rows());
            return ReplicaPool.with(
                    travelling.value(),
                    total,
                    replica -> replica.train(
                            chunk, start::value, AllReduce.alone(chunk.lanes().own(), replica.vectorLength()), () -> {
                                requireAlive(context);
                            }));
        });
    }

    private List<Chunk.Result> together(SharedValue<TrainingState> start, List<Chunk> chunks) {
        SharedValue<TrainingTask> travelling = shared;
        int total = iterations;
        Duration waiting = patience;
        String secret = UUID.randomUUID().toString();
        LongAccumulator trained = trained();
        List<Outcome> outcomes = ParallelTasks.together(spark, new ArrayList<>(chunks), (chunk, context) -> {
            trained.add(chunk.rows());
            return ReplicaPool.with(travelling.value(), total, replica -> {
                try (AllReduce sums =
                        AllReduceRing.join(context, chunk.lanes(), replica.vectorLength(), waiting, secret)) {
                    return rank(replica, chunk, start, sums, context);
                }
            });
        });
        return Outcome.results(outcomes);
    }

    /** For whoever looks at Spark's UI: counted where a task ends well. */
    private LongAccumulator trained() {
        return spark.sc().longAccumulator("rows trained");
    }

    private static Outcome rank(
            Replica replica, Chunk chunk, SharedValue<TrainingState> start, AllReduce sums, TaskContext context) {
        try {
            return Outcome.of(replica.train(chunk, start::value, sums, () -> requireAlive(context)));
        } catch (RuntimeException e) {
            sums.abort(e);
            requireAlive(context);
            if (e instanceof GangFailedException gang && gang.isTimedOut()) {
                throw gang; // ends the job, which would wait for a task that hangs
            }
            return Outcome.of(e);
        }
    }

    /** Throws where Spark has ended the task. */
    static void requireAlive(TaskContext context) {
        if (context.isInterrupted()) {
            throw new TaskKilledException();
        }
    }

    /** The result of a rank or its failure: an exception would not outlive Spark's barrier mode. */
    private record Outcome(List<Chunk.Result> result, List<RuntimeException> failure) implements Serializable {
        static Outcome of(Chunk.Result result) {
            return new Outcome(new ArrayList<>(List.of(result)), new ArrayList<>());
        }

        static Outcome of(RuntimeException failure) {
            return new Outcome(new ArrayList<>(), new ArrayList<>(List.of(failure)));
        }

        /** All results; otherwise the failure of a rank that did not only fail because of another one. */
        static List<Chunk.Result> results(List<Outcome> outcomes) {
            List<RuntimeException> failures = outcomes.stream()
                    .flatMap(outcome -> outcome.failure().stream())
                    .toList();
            if (!failures.isEmpty()) {
                throw failures.stream()
                        .filter(failure -> !(failure instanceof GangFailedException))
                        .findFirst()
                        .orElse(failures.get(0));
            }
            return outcomes.stream()
                    .flatMap(outcome -> outcome.result().stream())
                    .toList();
        }
    }

    private void requireFinite(List<Chunk.Part> parts, List<Chunk.Result> results) {
        Chunk.Result first = results.get(0);
        TrainingState state = first.states().get(0);
        int epoch = (int) (Math.min(iterations - 1L, state.iteration()) / sizes.steps());
        if (first.diverged()) {
            throw TrainingDivergedException.byLoss(task, iterations, state.iteration(), epoch, first.lastLoss());
        }
        AveragingTrainer.requireFinite(
                task, iterations, parts.get(parts.size() - 1).epoch(), state);
        if (results.stream().anyMatch(result -> result.end() != first.end())) {
            LOG.warn("executors computed different parameters from the same gradients, so their processors differ: the"
                    + " trained network depends on which of them had which rows");
        }
    }

    /** The entry after a chunk; reports the progress to the listener. */
    private Checkpoint.Entry after(
            Checkpoint.Entry before, List<Chunk.Result> results, List<Chunk.Part> parts, TrainingListener listener) {
        TrainingCurve curve = before.curve();
        List<Double> running = before.lossSums();
        for (int i = 0; i < parts.size(); i++) {
            Chunk.Part part = parts.get(i);
            int number = i;
            running = results.stream()
                    .flatMap(result -> result.lossSums().get(number).stream())
                    .toList();
            long samples = rows(part.fromStep(), part.toStep());
            listener.roundFinished(part.epoch(), samples, (sum(running) - sum(part.lossSums())) / samples);
            int end = part.epoch() * sizes.steps() + part.toStep();
            if (part.toStep() == sizes.steps() || end == iterations) {
                curve = curve.with(
                        sum(running) / rows(0, part.toStep()),
                        task.training().learningRate().at(end - 1, iterations));
                running = Collections.nCopies(sizes.lanes(), 0.0);
            }
        }
        return new Checkpoint.Entry(results.get(0).states().get(0), curve, running);
    }

    private long rows(int fromStep, int toStep) {
        long rows = 0;
        for (int step = fromStep; step < toStep; step++) {
            rows += sizes.at(step);
        }
        return rows;
    }

    private static double sum(List<Double> values) {
        double sum = 0;
        for (double value : values) { // in order: a stream's sum compensates
            sum += value;
        }
        return sum;
    }
}
