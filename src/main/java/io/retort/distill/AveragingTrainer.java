package io.retort.distill;

import io.retort.config.SettingException;
import io.retort.data.shard.Dataset;
import io.retort.distill.EpochPlan.StepSizes;
import io.retort.distill.Trainer.TrainingCurve;
import io.retort.distill.Trainer.TrainingListener;
import io.retort.distill.Trainer.TrainingResult;
import io.retort.engine.TrainableNetwork;
import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.network.Network;
import io.retort.spark.ParallelTasks;
import io.retort.spark.SharedValue;
import io.retort.spark.TaskSlots;
import io.retort.storage.Storage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Parameter averaging: in each round every replica makes some optimiser steps of its own from the common state, then
 * the states are averaged, weighted by the samples that each replica saw (McDonald, Hall, Mann 2010, "Distributed
 * training strategies for the structured perceptron", NAACL; "local SGD": Lin, Stich, Patel, Jaggi 2020,
 * arXiv:1808.07217).
 *
 * <p>Each step of a replica takes its part of the batch, so that there are as many steps one after the other as with
 * one replica, and the learning rate is multiplied by {@link Settings#rateFactor}. It is no exact gradient descent:
 * docs/SCALING.md has its accuracy by number of replicas.
 *
 * <p>A replica reads its rows from the store itself: nothing is shuffled, and the driver holds no samples, and no more
 * states than there are replicas or, beyond {@value #FAN_IN} of those, groups of replicas. After each epoch the state
 * is written to a checkpoint. At the end BatchNorm's statistics are estimated anew with the final parameters, since
 * averages of running ones lag behind.
 */
public final class AveragingTrainer implements Trainer {
    /**
     * Kind {@code averaging}.
     *
     * @param interval optimiser steps between two averagings, each one Spark job; fewer where an epoch would have less
     *     than {@value AveragingTrainer#MIN_ROUNDS} averagings
     * @param smallestBatch samples of a replica's step at least; a batch that cannot be cut so far grows
     * @param engine what computes the steps
     * @param precision of the values of images in a training; float32 where it is not given
     */
    public record Settings(
            Optional<Integer> replicas, int interval, int smallestBatch, Engine engine, Optional<Precision> precision)
            implements TrainerSettings {
        /** On the usual engine. */
        public Settings(Optional<Integer> replicas, int interval, int smallestBatch) {
            this(replicas, interval, smallestBatch, Engine.AUTO, Optional.empty());
        }

        public Settings {
            TrainerSettings.requireReplicas(replicas);
            Compute.of(engine, precision);
            if (interval < 1) {
                throw new SettingException("interval", "must be at least 1, was " + interval);
            }
            if (smallestBatch < 1) {
                throw new SettingException("smallest-batch", "must be at least 1, was " + smallestBatch);
            }
        }

        @Override
        public Compute compute() {
            return Compute.of(engine, precision);
        }

        @Override
        public Optional<String> obstacle() {
            return compute().obstacle();
        }

        @Override
        public Trainer create(JavaSparkContext spark, Storage storage, Path checkpoints, int chosenReplicas) {
            return new AveragingTrainer(spark, storage, checkpoints, chosenReplicas, this);
        }

        /** The samples of all replicas' steps together. */
        public int batch(int replicas, int batchSize) {
            return Math.max(batchSize, Math.multiplyExact(replicas, smallestBatch));
        }

        /** The steps between two averagings of an epoch of so many. */
        public int interval(int steps) {
            return Math.max(1, Math.min(interval, steps / MIN_ROUNDS));
        }

        /**
         * The factor of the learning rate: {@code rateOfAveraged · √(batch / batch-size)}, since a batch that
         * grew has fewer steps and less noise (square-root scaling: Hoffer, Hubara, Soudry 2017, section 4,
         * arXiv:1705.08741), but at most {@value AveragingTrainer#MAX_RATE_FACTOR}.
         */
        double rateFactor(int replicas, TrainingSettings training) {
            double growth = (double) batch(replicas, training.batchSize()) / training.batchSize();
            return Math.min(MAX_RATE_FACTOR, training.optimizer().rateOfAveraged(replicas) * Math.sqrt(growth));
        }
    }

    /** States that one machine averages; executors average groups of so many before the driver does. */
    public static final int FAN_IN = 32;

    /** States that reach the driver in a round: the replicas' own, or the means of their groups. */
    public static long statesAtDriver(long replicas) {
        return replicas <= FAN_IN ? replicas : (replicas + FAN_IN - 1) / FAN_IN;
    }

    /** With 16 times the rate a network of docs/SCALING.md lost 8 points of accuracy. */
    private static final int MAX_RATE_FACTOR = 8;

    /** Averagings of an epoch: with 2 instead of 8, 32 replicas lost another point. */
    private static final int MIN_ROUNDS = 8;

    /** Replicas that cost no more accuracy than another seed does, see docs/SCALING.md. */
    public static final int HARMLESS_REPLICAS = 4;

    private final JavaSparkContext spark;
    private final Storage storage;
    private final Path checkpoints;
    private final int replicas;
    private final Settings settings;

    private AveragingTrainer(
            JavaSparkContext spark, Storage storage, Path checkpoints, int replicas, Settings settings) {
        this.spark = spark;
        this.storage = storage;
        this.checkpoints = checkpoints;
        this.replicas = replicas;
        this.settings = settings;
    }

    @Override
    public TrainingResult train(TrainingTask given, TaskSlots.Training slots, TrainingListener listener) {
        TrainingSettings training = given.training();
        TrainingSettings adapted =
                training.with(training.learningRate().times(settings.rateFactor(replicas, training)));
        TrainingTask task = settings.compute().place(given.with(adapted), listener);
        Checkpoint checkpoint = new Checkpoint(
                storage,
                new Path(checkpoints, task.id() + ".safetensors"),
                task.compute().engine());
        StepSizes sizes = sizes(task.dataset().samples(), training.batchSize());
        int iterations =
                task.iterations(rows -> sizes(rows, training.batchSize()).steps());
        int epochs = (iterations + sizes.steps() - 1) / sizes.steps();
        try (SharedValue<TrainingTask> shared = SharedValue.of(spark, task.withoutShards())) {
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
                int steps = Math.min(sizes.steps(), iterations - epoch * sizes.steps());
                Epoch trained =
                        epoch(task, shared, slots, new Extent(sizes, epoch, steps, iterations), state, listener);
                state = trained.state();
                double rate = task.training().learningRate().at(state.iteration() - 1, iterations);
                curve = curve.with(trained.loss(), rate);
                checkpoint.write(new Checkpoint.Entry(state, curve));
                listener.epochFinished(epoch, trained.loss(), rate);
            }
            driverCopy.restore(state);
            Network trained = new BatchNormStatistics(spark, task, shared, iterations).of(state, driverCopy.network());
            checkpoint.delete();
            return new TrainingResult(trained, curve);
        }
    }

    @Override
    public int stepsPerEpoch(Dataset dataset, int batchSize) {
        return sizes(dataset.samples(), batchSize).steps();
    }

    @Override
    public Optional<String> warning(Dataset dataset, TrainingSettings training) {
        int steps = stepsPerEpoch(dataset, training.batchSize());
        int interval = settings.interval(steps);
        int rounds = training.epochs() * ((steps + interval - 1) / interval);
        if (replicas <= HARMLESS_REPLICAS) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "%d replicas that train on their own and are averaged %,d time%s cost accuracy, up to 3 points with 8"
                        + " replicas, see docs/SCALING.md; trainer = synchronous costs none",
                replicas,
                rounds,
                rounds == 1 ? "" : "s"));
    }

    private StepSizes sizes(long rows, int batchSize) {
        return StepSizes.of(rows, replicas, settings.batch(replicas, batchSize));
    }

    /**
     * Which steps an epoch has.
     *
     * @param steps of it that are made; fewer than it has where the training ends before
     * @param iterations of the whole training
     */
    private record Extent(StepSizes sizes, int epoch, int steps, int iterations) {}

    /** The end of an epoch. */
    private record Epoch(TrainingState state, double loss) {}

    private Epoch epoch(
            TrainingTask task,
            SharedValue<TrainingTask> shared,
            TaskSlots.Training slots,
            Extent extent,
            TrainingState before,
            TrainingListener listener) {
        TrainingState state = before;
        double lossSum = 0;
        long samples = 0;
        int epoch = extent.epoch();
        int iterations = extent.iterations();
        EpochPlan rows = EpochPlan.of(task.dataset().parts(), task.seed(), epoch, extent.sizes());
        int interval = settings.interval(extent.sizes().steps());
        for (EpochPlan.Round round : rows.rounds(epoch, interval, extent.steps())) {
            TrainingState from = state;
            List<RoundResult> results = slots.run(replicas, share -> run(shared, iterations, from, round));
            requireTrained(task, iterations, state, epoch, round, results);
            state = requireFinite(task, iterations, epoch, RoundResult.mean(results));
            double roundLoss =
                    results.stream().mapToDouble(RoundResult::lossSum).sum();
            lossSum += roundLoss;
            samples += round.samples();
            listener.roundFinished(epoch, round.samples(), roundLoss / round.samples());
        }
        return new Epoch(state, lossSum / samples);
    }

    private List<RoundResult> run(
            SharedValue<TrainingTask> shared, int iterations, TrainingState state, EpochPlan.Round round) {
        try (SharedValue<TrainingState> start = SharedValue.of(spark, state)) {
            return ParallelTasks.collectMerged(
                    spark,
                    round.chunks(),
                    FAN_IN,
                    chunk -> {
                        TaskContext context = TaskContext.get();
                        return ReplicaPool.with(
                                shared.value(),
                                iterations,
                                replica ->
                                        replica.train(start.value(), chunk, () -> TrainingGang.requireAlive(context)));
                    },
                    RoundResult::merged);
        }
    }

    /** Silent non-training is the most reported fault of data-parallel trainers, so it is looked for in every round. */
    static void requireTrained(
            TrainingTask task,
            int iterations,
            TrainingState state,
            int epoch,
            EpochPlan.Round round,
            List<RoundResult> results) {
        for (RoundResult result : results) {
            if (result.diverged()) {
                throw TrainingDivergedException.byLoss(task, iterations, state.iteration(), epoch, result.lastLoss());
            }
        }
        long trained = results.stream().mapToLong(RoundResult::samples).sum();
        if (trained != round.samples()) {
            throw new IllegalStateException("a round of epoch " + (epoch + 1) + " trained on " + trained
                    + " samples instead of the " + round.samples() + " planned");
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
