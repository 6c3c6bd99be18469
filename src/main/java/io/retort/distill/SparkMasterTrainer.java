package io.retort.distill;

import io.retort.config.SettingException;
import io.retort.data.Dataset;
import io.retort.data.Shard;
import io.retort.engine.dl4j.Batch;
import io.retort.engine.dl4j.SparkMaster;
import io.retort.engine.dl4j.TrainableNetwork;
import io.retort.network.Layer;
import io.retort.network.Shape;
import io.retort.spark.SparkShared;
import io.retort.spark.SparkSlots;
import io.retort.spark.SparkTasks;
import io.retort.storage.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Trains through DL4J's own {@code ParameterAveragingTrainingMaster}, for comparison and for those who know it.
 *
 * <p>It shuffles each epoch's batches across the cluster, keeps no checkpoints (a killed training starts again), and averages without regard to
 * how many rows a worker saw. DL4J cuts an epoch into parts whose batches do not always come out even, and leaves a batch of such a part out: an epoch, and
 * its loss in the curve, may be of a few rows less than there are. {@link SparkAveragingTrainer} does none of that and is faster.
 */
public final class SparkMasterTrainer implements SparkTrainer {
    /**
     * Kind {@code dl4j}.
     *
     * @param averagingFrequency batches that each replica trains on between two averagings
     */
    public record Settings(Optional<Integer> replicas, int averagingFrequency) implements SparkTrainerSettings {
        public Settings {
            SparkTrainerSettings.requireReplicas(replicas);
            if (averagingFrequency < 1) {
                throw new SettingException("averaging-frequency", "must be at least 1, was " + averagingFrequency);
            }
        }

        @Override
        public boolean constrainsWeights() {
            return false;
        }

        @Override
        public boolean penalisesScales() {
            return false;
        }

        @Override
        public SparkTrainer create(JavaSparkContext spark, Storage storage, Path checkpoints, int chosenReplicas) {
            return new SparkMasterTrainer(spark, chosenReplicas, averagingFrequency);
        }
    }

    private final JavaSparkContext spark;
    private final int replicas;
    private final int averagingFrequency;

    private SparkMasterTrainer(JavaSparkContext spark, int replicas, int averagingFrequency) {
        this.spark = spark;
        this.replicas = replicas;
        this.averagingFrequency = averagingFrequency;
    }

    @Override
    public boolean keepsCheckpoints() {
        return false;
    }

    @Override
    public TrainingResult train(TrainingTask task, SparkSlots.Training slots, TrainingListener listener) {
        return slots.run(replicas, share -> train(task, listener));
    }

    private TrainingResult train(TrainingTask task, TrainingListener listener) {
        if (!task.mask().isNone()) {
            throw new IllegalArgumentException(
                    "trainer dl4j cannot keep pruned weights at 0; use the trainer synchronous, or prune channels");
        }
        if (task.structure().nodes().stream().anyMatch(node -> node.layer() instanceof Layer.FakeQuantize)) {
            throw new IllegalArgumentException("trainer dl4j cannot round weights; use the trainer synchronous");
        }
        if (task.training().scalePenalty() > 0) {
            throw new IllegalArgumentException("trainer dl4j does not train with a scale-penalty; use synchronous");
        }
        if (!task.tappedLosses().isEmpty()) {
            throw new IllegalArgumentException("trainer dl4j does not train losses of taps; use synchronous");
        }
        int batchSize = task.training().batchSize();
        StepSizes sizes = StepSizes.of(task.dataset().samples(), 1, batchSize);
        int steps = stepsPerEpoch(task.dataset(), batchSize);
        // DL4J has its own mind of what an epoch is, so that there are whole ones only.
        int epochs = task.passes();
        int iterations = Math.multiplyExact(epochs, steps);
        TrainableNetwork network = ReplicaPool.build(task, iterations);
        SparkMaster master = SparkMaster.of(spark, network, replicas, batchSize, averagingFrequency);
        TrainingCurve curve = TrainingCurve.none();
        try (SparkShared<TrainingTask> shared = SparkShared.of(spark, task)) {
            for (int epoch = 0; epoch < epochs; epoch++) {
                int current = epoch;
                ArrayList<Shard> shards = new ArrayList<>(
                        EpochPlan.of(task.dataset().parts(), task.seed(), epoch, sizes).shards().stream()
                                .map(Dataset.Part::shard)
                                .toList());
                // Numbers travel, shards do not: Spark's serialiser may be Kryo, which cannot read records back.
                List<Integer> numbers =
                        IntStream.range(0, shards.size()).boxed().toList();
                double loss = fit(
                        master,
                        spark.parallelize(numbers, numbers.size())
                                .flatMap(number -> batches(shared.value(), current, shards.get(number))),
                        task.structure().input());
                if (!Double.isFinite(loss)) {
                    throw TrainingDivergedException.byLoss(
                            task, iterations, network.state().iteration(), epoch, loss);
                }
                long behind = network.state().iteration();
                curve = curve.with(loss, task.training().learningRate().at(Math.max(0, behind - 1), iterations));
                listener.roundFinished(epoch, task.dataset().samples(), loss);
                listener.epochFinished(epoch, loss);
            }
        }
        return new TrainingResult(master.network(), curve);
    }

    @Override
    public int stepsPerEpoch(Dataset dataset, int batchSize) {
        long batches = dataset.parts().stream()
                .mapToLong(part -> (part.rows() + batchSize - 1) / batchSize)
                .sum();
        return Math.toIntExact((batches + replicas - 1) / replicas);
    }

    @SuppressWarnings(
            "CatchingUnchecked") // Spark, being Scala, throws a checked SparkException that it does not declare
    private static double fit(SparkMaster master, JavaRDD<Batch> batches, Shape input) {
        try {
            return master.fit(batches, input);
        } catch (Exception e) {
            throw SparkTasks.causeOf(e);
        }
    }

    private static Iterator<Batch> batches(TrainingTask task, int epoch, Shard shard) {
        Share share = Share.read(task, task.view(epoch), task.softLabels(), List.of(shard));
        int[] order =
                share.shuffled(RoundPlan.seed(task.seed(), 1, epoch, shard.key().hashCode()));
        List<Batch> batches = new ArrayList<>();
        int batchSize = task.training().batchSize();
        for (int from = 0; from < order.length; from += batchSize) {
            batches.add(share.batch(Arrays.copyOfRange(order, from, Math.min(from + batchSize, order.length))));
        }
        return batches.iterator();
    }
}
