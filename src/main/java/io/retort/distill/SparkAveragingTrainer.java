package io.retort.distill;

import io.retort.data.Dataset;
import io.retort.engine.dl4j.TrainableNetwork;
import io.retort.engine.dl4j.TrainingState;
import io.retort.network.Network;
import io.retort.spark.SparkShared;
import io.retort.spark.SparkSlots;
import io.retort.spark.SparkTasks;
import io.retort.storage.Storage;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Synchronous parameter averaging (McDonald, Hall, Mann 2010, "Distributed training strategies for the structured perceptron", NAACL): in each round every replica trains on its own
 * shards from the common state, then the states are averaged, weighted by the samples that each replica saw.
 *
 * <p>A replica reads its shards from the store itself: nothing is shuffled, and the driver holds no samples, and no more
 * states than there are replicas or, beyond {@value #FAN_IN} of those, groups of replicas. After each epoch the state is written to a checkpoint. At the end BatchNorm's statistics are estimated anew with the final
 * parameters, since averages of running ones lag behind.
 */
public final class SparkAveragingTrainer implements SparkTrainer {
    /**
     * Kind {@code averaging}.
     *
     * @param shardsPerRound shards that each replica trains on between two averagings
     */
    public record Settings(Optional<Integer> replicas, int shardsPerRound) implements SparkTrainerSettings {
        public Settings {
            SparkTrainerSettings.requireReplicas(replicas);
            if (shardsPerRound < 1) {
                throw new IllegalArgumentException("shards-per-round must be at least 1, was " + shardsPerRound);
            }
        }

        @Override
        public SparkTrainer create(JavaSparkContext spark, Storage storage, Path checkpoints, int chosenReplicas) {
            return new SparkAveragingTrainer(spark, storage, checkpoints, chosenReplicas, shardsPerRound);
        }
    }

    /** States that one machine averages: beyond them, executors average groups of so many first, and the driver the groups' means. */
    public static final int FAN_IN = 32;

    /** States that reach the driver in a round: the replicas' own, or the means of their groups. */
    public static long statesAtDriver(long replicas) {
        return replicas <= FAN_IN ? replicas : (replicas + FAN_IN - 1) / FAN_IN;
    }

    private final JavaSparkContext spark;
    private final Storage storage;
    private final Path checkpoints;
    private final int replicas;
    private final int shardsPerRound;

    private SparkAveragingTrainer(
            JavaSparkContext spark, Storage storage, Path checkpoints, int replicas, int shardsPerRound) {
        this.spark = spark;
        this.storage = storage;
        this.checkpoints = checkpoints;
        this.replicas = replicas;
        this.shardsPerRound = shardsPerRound;
    }

    @Override
    public TrainingResult train(TrainingTask task, SparkSlots.Training slots, TrainingListener listener) {
        Checkpoint checkpoint = new Checkpoint(storage, new Path(checkpoints, task.id() + ".safetensors"));
        int epochs = task.training().epochs();
        int iterations = IntStream.range(0, epochs)
                .map(epoch -> rounds(task, epoch).stream()
                        .mapToInt(round -> round.iterations(task.training().batchSize()))
                        .sum())
                .sum();
        try (SparkShared<TrainingTask> shared = SparkShared.of(spark, task.withoutShards())) {
            TrainableNetwork driverCopy = ReplicaPool.build(task, iterations);
            TrainingState state = driverCopy.state();
            TrainingCurve curve = TrainingCurve.none();
            Optional<Checkpoint.Entry> saved = checkpoint.read();
            if (saved.isPresent()) {
                state = saved.get().state();
                curve = saved.get().curve();
                listener.resumed(curve.epochs());
            }
            for (int epoch = curve.epochs(); epoch < epochs; epoch++) {
                Epoch trained = epoch(task, shared, slots, iterations, state, epoch, listener);
                state = trained.state();
                curve = curve.with(
                        trained.loss(), task.training().learningRate().at(state.iteration() - 1, iterations));
                checkpoint.write(new Checkpoint.Entry(state, curve));
                listener.epochFinished(epoch, trained.loss());
            }
            driverCopy.restore(state);
            Network trained = new SparkFinalStatistics(spark, task, shared, iterations).of(state, driverCopy.network());
            checkpoint.delete();
            return new TrainingResult(trained, curve);
        }
    }

    @Override
    public int stepsPerEpoch(Dataset dataset, int batchSize) {
        return RoundPlan.epoch(dataset.shards(), 0, 0, replicas, shardsPerRound).stream()
                .mapToInt(round -> round.iterations(batchSize))
                .sum();
    }

    private List<RoundPlan> rounds(TrainingTask task, int epoch) {
        return RoundPlan.epoch(task.dataset().shards(), task.seed(), epoch, replicas, shardsPerRound);
    }

    /** What an epoch ends with. */
    private record Epoch(TrainingState state, double loss) {}

    private Epoch epoch(
            TrainingTask task,
            SparkShared<TrainingTask> shared,
            SparkSlots.Training slots,
            int iterations,
            TrainingState before,
            int epoch,
            TrainingListener listener) {
        TrainingState state = before;
        double lossSum = 0;
        long samples = 0;
        List<RoundPlan> rounds = rounds(task, epoch);
        for (int round = 0; round < rounds.size(); round++) {
            RoundPlan plan = rounds.get(round);
            int number = round;
            TrainingState from = state;
            List<RoundResult> results =
                    slots.run(replicas, share -> run(shared, iterations, from, epoch, number, plan));
            requireTrained(task, iterations, state, epoch, plan, results);
            state = requireFinite(task, iterations, epoch, StateAverage.of(results));
            double roundLoss =
                    results.stream().mapToDouble(RoundResult::lossSum).sum();
            lossSum += roundLoss;
            samples += plan.samples();
            listener.roundFinished(epoch, plan.samples(), roundLoss / plan.samples());
        }
        return new Epoch(state, lossSum / samples);
    }

    private List<RoundResult> run(
            SparkShared<TrainingTask> shared,
            int iterations,
            TrainingState state,
            int epoch,
            int round,
            RoundPlan plan) {
        try (SparkShared<TrainingState> start = SparkShared.of(spark, state)) {
            return SparkTasks.collectMerged(
                    spark,
                    plan.portions(),
                    FAN_IN,
                    portion -> ReplicaPool.with(
                            shared.value(),
                            iterations,
                            worker -> worker.train(start.value(), epoch, round, portion.replica(), portion.shards())),
                    RoundResult::merged);
        }
    }

    /** Silent non-training is the most reported fault of data-parallel trainers, so it is looked for in every round. */
    static void requireTrained(
            TrainingTask task,
            int iterations,
            TrainingState state,
            int epoch,
            RoundPlan plan,
            List<RoundResult> results) {
        for (RoundResult result : results) {
            if (result.diverged()) {
                throw TrainingDivergedException.byLoss(task, iterations, state.iteration(), epoch, result.lastLoss());
            }
        }
        long trained = results.stream().mapToLong(RoundResult::samples).sum();
        if (trained != plan.samples()) {
            throw new IllegalStateException("a round of epoch " + (epoch + 1) + " trained on " + trained
                    + " samples instead of the " + plan.samples() + " planned");
        }
    }

    /** A loss is that of the parameters before a step, so the last step of a training shows in the parameters only. */
    static TrainingState requireFinite(TrainingTask task, int iterations, int epoch, TrainingState state) {
        for (float parameter : state.parameters()) {
            if (!Float.isFinite(parameter)) {
                throw TrainingDivergedException.byParameter(task, iterations, state.iteration(), epoch, parameter);
            }
        }
        return state;
    }
}
