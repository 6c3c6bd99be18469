package io.retort.distill;

import io.retort.config.SettingException;
import io.retort.data.shard.Dataset;
import io.retort.distill.EpochPlan.StepSizes;
import io.retort.distill.Trainer.TrainingListener;
import io.retort.distill.Trainer.TrainingResult;
import io.retort.engine.TrainableNetwork;
import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.network.Network;
import io.retort.spark.SharedValue;
import io.retort.spark.TaskSlots;
import io.retort.storage.Storage;
import java.time.Duration;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Synchronous gradient descent over micro-batches: the gradients of a batch's parts are added in a fixed order before
 * each step, so that the trained network is the same, bit by bit, on one thread and on many executors (on processors of
 * one kind).
 *
 * <p>A batch is cut into as many parts as there are lanes ({@link MicroBatches}). Ranks, each a Spark task of one
 * thread, own lanes that follow each other. All ranks hold the same parameters and make the same step by the sum of all
 * lanes' gradients (synchronous stochastic gradient descent: Chen et al. 2016, section 2, arXiv:1604.00981). A Spark
 * job makes the steps of a few seconds, a {@link Chunk}. Neither its length nor the number of ranks changes a bit, so
 * both follow the slots that are free. A checkpoint is written where an epoch has ended or a minute has passed.
 */
public final class SynchronousTrainer implements Trainer {
    /**
     * Kind {@code synchronous}.
     *
     * @param replicas the most ranks that one training has; as many as it has lanes where it is not given
     * @param microBatch the most rows of a micro-batch; by the network's size where it is not given
     * @param engine what computes the steps
     * @param precision of the values of images in a training; float32 where it is not given
     */
    public record Settings(
            Optional<Integer> replicas, Optional<Integer> microBatch, Engine engine, Optional<Precision> precision)
            implements TrainerSettings {
        /** On the usual engine. */
        public Settings(Optional<Integer> replicas, Optional<Integer> microBatch) {
            this(replicas, microBatch, Engine.AUTO, Optional.empty());
        }

        public Settings {
            TrainerSettings.requireReplicas(replicas);
            Compute.of(engine, precision);
            if (microBatch.isPresent() && microBatch.get() < 1) {
                throw new SettingException("micro-batch", "must be at least 1, was " + microBatch.get());
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
        public boolean dependsOnReplicas() {
            return false;
        }

        @Override
        public TrainerSettings identity() {
            return new Settings(Optional.empty(), microBatch, engine, precision);
        }

        @Override
        public Trainer create(JavaSparkContext spark, Storage storage, Path checkpoints, int chosenReplicas) {
            return new SynchronousTrainer(spark, storage, checkpoints, this, ChunkLength.USUAL);
        }
    }

    private static final Duration BETWEEN_CHECKPOINTS = Duration.ofMinutes(1);

    private final JavaSparkContext spark;
    private final Storage storage;
    private final Path checkpoints;
    private final Settings settings;
    private final Duration chunk;

    /** @param chunk the time that one Spark job is meant to take; zero for one step each */
    SynchronousTrainer(JavaSparkContext spark, Storage storage, Path checkpoints, Settings settings, Duration chunk) {
        this.spark = spark;
        this.storage = storage;
        this.checkpoints = checkpoints;
        this.settings = settings;
        this.chunk = chunk;
    }

    @Override
    public int stepsPerEpoch(Dataset dataset, int batchSize) {
        return StepSizes.of(dataset.samples(), 1, batchSize).steps();
    }

    @Override
    public TrainingResult train(TrainingTask given, TaskSlots.Training slots, TrainingListener listener) {
        TrainingTask task = settings.compute().place(given, listener);
        Checkpoint checkpoint = new Checkpoint(
                storage,
                new Path(checkpoints, task.id() + ".safetensors"),
                task.compute().engine());
        int lanes = MicroBatches.of(task, settings.microBatch());
        StepSizes sizes =
                StepSizes.of(task.dataset().samples(), lanes, task.training().batchSize());
        int iterations = task.iterations(
                rows -> StepSizes.of(rows, 1, task.training().batchSize()).steps());
        try (SharedValue<TrainingTask> shared = SharedValue.of(spark, task.withoutShards())) {
            TrainingGang gang = new TrainingGang(spark, task, shared, sizes, iterations);
            TrainableNetwork driverCopy = ReplicaPool.build(task, iterations);
            Optional<Checkpoint.Entry> saved = checkpoint.read(lanes);
            saved.ifPresent(entry -> listener.resumed(entry.curve().epochs()));
            Checkpoint.Entry at = saved.orElseGet(() -> Checkpoint.Entry.start(driverCopy.state(), lanes));
            ChunkLength length = new ChunkLength(chunk);
            long written = System.nanoTime();
            while (at.state().iteration() < iterations) {
                Checkpoint.Entry before = at;
                int end = (int) Math.min(iterations, before.state().iteration() + length.steps());
                at = slots.run(settings.replicas().orElse(lanes), share -> {
                    int available = Math.max(share, slots.share());
                    long begin = System.nanoTime(); // neither waiting for a slot nor what a listener does counts
                    TrainingGang.Trained trained = gang.train(before, end, share, listener);
                    length.measured(
                            end - (int) before.state().iteration(), Duration.ofNanos(System.nanoTime() - begin));
                    listener.spread(trained.ranks(), lanes, available, trained.times());
                    return trained.entry();
                });
                boolean epochEnded = at.curve().epochs() > before.curve().epochs();
                if (epochEnded || System.nanoTime() - written > BETWEEN_CHECKPOINTS.toNanos()) {
                    checkpoint.write(at);
                    written = System.nanoTime();
                }
                for (int epoch = before.curve().epochs(); epoch < at.curve().epochs(); epoch++) {
                    listener.epochFinished(
                            epoch,
                            at.curve().losses().get(epoch),
                            at.curve().learningRates().get(epoch));
                }
            }
            TrainingState last = at.state();
            driverCopy.restore(last);
            Network trained = slots.run(
                    settings.replicas().orElse(lanes),
                    share -> new BatchNormStatistics(spark, task, shared, iterations).of(last, driverCopy.network()));
            checkpoint.delete();
            return new TrainingResult(trained, at.curve());
        }
    }

    /**
     * The number of optimiser steps of a chunk: as many as take a few seconds at the speed of the chunk before, so that the
     * overhead of a Spark job is small and progress is visible. The first chunks are short. The trained network does not
     * depend on the length.
     */
    public static final class ChunkLength {
        /** The time that a chunk is meant to take. */
        public static final Duration USUAL = Duration.ofSeconds(5);

        private static final int FIRST = 16;
        private static final int GROWTH = 4;

        private final Duration wanted;
        private int steps;

        /** @param wanted time of a chunk; zero for one step */
        ChunkLength(Duration wanted) {
            this.wanted = wanted;
            this.steps = wanted.isZero() ? 1 : FIRST;
        }

        int steps() {
            return steps;
        }

        /**
         * How many chunks of the usual length a training has.
         *
         * @param steps of the training
         * @param secondsEach of a step
         * @param secondsBeside that each chunk takes beside its steps
         */
        public static long chunks(long steps, double secondsEach, double secondsBeside) {
            ChunkLength length = new ChunkLength(USUAL);
            long made = 0;
            long chunks = 0;
            while (made < steps) {
                int next = length.steps();
                made += next;
                chunks++;
                length.measured(next, Duration.ofNanos((long) (1e9 * (secondsBeside + next * secondsEach))));
                if (length.steps() == next) {
                    return chunks + Math.max(0, (steps - made + next - 1) / next);
                }
            }
            return chunks;
        }

        /** Takes over how long a chunk of {@code made} steps took. */
        void measured(int made, Duration took) {
            double fitting = (double) made * wanted.toNanos() / Math.max(1, took.toNanos());
            steps = (int) Math.max(1, Math.min(fitting, (double) GROWTH * steps));
        }
    }
}
