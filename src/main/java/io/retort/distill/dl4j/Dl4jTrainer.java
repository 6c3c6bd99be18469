package io.retort.distill.dl4j;

import io.retort.config.SettingException;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import io.retort.distill.AveragingTrainer;
import io.retort.distill.Trainer;
import io.retort.distill.Trainer.TrainingCurve;
import io.retort.distill.Trainer.TrainingListener;
import io.retort.distill.Trainer.TrainingResult;
import io.retort.distill.TrainerSettings;
import io.retort.distill.TrainingDivergedException;
import io.retort.distill.TrainingSettings;
import io.retort.distill.TrainingTask;
import io.retort.distill.loss.Objective;
import io.retort.engine.Batch;
import io.retort.engine.dl4j.BatchArrays;
import io.retort.engine.dl4j.Dl4jNetwork;
import io.retort.engine.dl4j.LayerSet;
import io.retort.network.Shape;
import io.retort.spark.ParallelTasks;
import io.retort.spark.SharedValue;
import io.retort.spark.TaskSlots;
import io.retort.storage.Storage;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.linalg.dataset.DataSet;
import scala.util.Properties;

/**
 * Trains through DL4J's own {@code ParameterAveragingTrainingMaster}, for comparison and for those who know it.
 *
 * <p>It shuffles each epoch's batches across the cluster, keeps no checkpoints (a killed training starts again), and
 * averages without regard to how many rows a worker saw. DL4J cuts an epoch into parts whose batches do not always come
 * out even, and leaves a batch of such a part out: an epoch, and its loss in the curve, may be of a few rows less than
 * there are. {@link AveragingTrainer} does none of that and is faster.
 *
 * <p>It builds networks of DL4J's own layers, since their configurations travel, and refuses a network that these
 * cannot compute.
 */
public final class Dl4jTrainer implements Trainer {
    /**
     * Kind {@code dl4j}.
     *
     * @param averagingFrequency batches that each replica trains on between two averagings
     */
    public record Settings(Optional<Integer> replicas, int averagingFrequency) implements TrainerSettings {
        public Settings {
            TrainerSettings.requireReplicas(replicas);
            if (averagingFrequency < 1) {
                throw new SettingException("averaging-frequency", "must be at least 1, was " + averagingFrequency);
            }
        }

        @Override
        public LayerSet layers() {
            return LayerSet.STOCK;
        }

        @Override
        public Optional<String> obstacle() {
            return obstacle(Properties.versionNumberString());
        }

        /** Alone of all classes here, DL4J's calls what only one version of Scala has. */
        static Optional<String> obstacle(String scalaVersion) {
            return scalaVersion.startsWith("2.12.")
                    ? Optional.empty()
                    : Optional.of("is dl4j, which exists for Scala 2.12 only, and this Spark has " + scalaVersion
                            + "; set trainer = synchronous or averaging");
        }

        @Override
        public Trainer create(JavaSparkContext spark, Storage storage, Path checkpoints, int chosenReplicas) {
            obstacle().ifPresent(reason -> {
                throw new IllegalStateException("trainer " + reason);
            });
            return new Dl4jTrainer(spark, chosenReplicas, averagingFrequency);
        }
    }

    private final JavaSparkContext spark;
    private final int replicas;
    private final int averagingFrequency;

    private Dl4jTrainer(JavaSparkContext spark, int replicas, int averagingFrequency) {
        this.spark = spark;
        this.replicas = replicas;
        this.averagingFrequency = averagingFrequency;
    }

    @Override
    public boolean keepsCheckpoints() {
        return false;
    }

    @Override
    public TrainingResult train(TrainingTask task, TaskSlots.Training slots, TrainingListener listener) {
        return slots.run(replicas, share -> train(task, listener));
    }

    private TrainingResult train(TrainingTask task, TrainingListener listener) {
        requireTrainable(task);
        listener.computedBy("DL4J");
        // DL4J divides an epoch by itself, so there are whole epochs only.
        int epochs = task.passes();
        int iterations = Math.multiplyExact(
                epochs, stepsPerEpoch(task.dataset(), task.training().batchSize()));
        Dl4jNetwork network = network(task, iterations);
        LossSum losses = new LossSum(spark);
        SparkComputationGraph master = new SparkComputationGraph(
                spark, network.graph(), master(task.training().batchSize(), losses));
        TrainingCurve curve = TrainingCurve.none();
        try (SharedValue<TrainingTask> shared = SharedValue.of(spark, task)) {
            for (int epoch = 0; epoch < epochs; epoch++) {
                fit(master, batches(shared, task.shards(epoch), epoch));
                double loss = losses.takeMean();
                if (!Double.isFinite(loss)) {
                    throw TrainingDivergedException.byLoss(
                            task, iterations, network.state().iteration(), epoch, loss);
                }
                long behind = network.state().iteration();
                double rate = task.training().learningRate().at(Math.max(0, behind - 1), iterations);
                curve = curve.with(loss, rate);
                listener.roundFinished(epoch, task.dataset().samples(), loss);
                listener.epochFinished(epoch, loss, rate);
            }
        }
        return new TrainingResult(network.network(), curve);
    }

    @Override
    public int stepsPerEpoch(Dataset dataset, int batchSize) {
        long batches = dataset.parts().stream()
                .mapToLong(part -> (part.rows() + batchSize - 1) / batchSize)
                .sum();
        return Math.toIntExact((batches + replicas - 1) / replicas);
    }

    private static void requireTrainable(TrainingTask task) {
        if (!task.mask().isNone()) {
            throw new IllegalArgumentException(
                    "trainer dl4j cannot keep pruned weights at 0; set trainer =" + " synchronous, or prune channels");
        }
        LayerSet.STOCK.obstacle(task.structure()).ifPresent(obstacle -> {
            throw new IllegalArgumentException(
                    "trainer dl4j trains DL4J's own layers only, but " + obstacle + "; set trainer = synchronous");
        });
        if (task.training().scalePenalty() > 0) {
            throw new IllegalArgumentException(
                    "trainer dl4j does not train with a scale-penalty; set trainer = synchronous");
        }
        if (!task.tappedLosses().isEmpty()) {
            throw new IllegalArgumentException("trainer dl4j does not train losses of taps; set trainer = synchronous");
        }
    }

    private static Dl4jNetwork network(TrainingTask task, int iterations) {
        TrainingSettings training = task.training();
        return Dl4jNetwork.of(
                task.initial(),
                training.updater(iterations),
                training.weightDecay(),
                new Objective(task.losses(), task.signals(), iterations),
                LayerSet.STOCK);
    }

    private ParameterAveragingTrainingMaster master(int batchSize, LossSum losses) {
        return new ParameterAveragingTrainingMaster.Builder(replicas, batchSize)
                .batchSizePerWorker(batchSize)
                .averagingFrequency(averagingFrequency)
                .workerPrefetchNumBatches(0)
                .trainingHooks(losses)
                // Export writes the data set to the default file system and refuses a cluster on which that is local.
                .rddTrainingApproach(RDDTrainingApproach.Direct)
                .repartionData(Repartition.Always)
                // Direct refuses a cached RDD, and by default caches what it repartitions.
                .storageLevel(StorageLevel.NONE())
                .build();
    }

    private JavaRDD<DataSet> batches(SharedValue<TrainingTask> task, List<Shard> shards, int epoch) {
        // Numbers travel, shards do not: Spark's serialiser may be Kryo, which cannot read records back.
        List<Integer> numbers = IntStream.range(0, shards.size()).boxed().toList();
        return spark.parallelize(numbers, numbers.size())
                .flatMap(number -> task.value().batches(epoch, shards.get(number)))
                .map(batch -> dataSet(batch, task.value().structure().input()));
    }

    private static DataSet dataSet(Batch batch, Shape input) {
        return new DataSet(BatchArrays.features(batch.features(), input, batch.size()), BatchArrays.targets(batch));
    }

    @SuppressWarnings(
            "CatchingUnchecked") // Spark, being Scala, throws a checked SparkException that it does not declare
    private static void fit(SparkComputationGraph master, JavaRDD<DataSet> batches) {
        try {
            master.fit(batches);
        } catch (Exception e) {
            throw ParallelTasks.causeOf(e);
        }
    }
}
