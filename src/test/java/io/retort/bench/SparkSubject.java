package io.retort.bench;

import io.retort.config.ConfigSource;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.ShardStore;
import io.retort.data.shard.Sharding;
import io.retort.distill.Compute;
import io.retort.distill.Engine;
import io.retort.distill.Trainer.TrainingListener;
import io.retort.distill.TrainingSettings;
import io.retort.distill.TrainingTask;
import io.retort.distill.loss.LossSettings;
import io.retort.engine.onnx.write.ExportedNetwork;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.evaluate.ContingencyTable;
import io.retort.evaluate.Evaluator;
import io.retort.label.LabelStore;
import io.retort.label.Labeller.LabelRequest;
import io.retort.label.ModelLabeller;
import io.retort.label.SoftLabels;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.OutputScaling;
import io.retort.network.zoo.Architecture;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.ModelStore;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.recipe.StudentSettings;
import io.retort.spark.TaskSlots;
import io.retort.storage.Storage;
import io.retort.storage.StoreReferences;
import io.retort.teacher.NetworkTeacherSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * A network whose accuracy by number of replicas is measured: it is trained by a recipe's trainer and asked about the held-out samples.
 *
 * @param recipe the file
 * @param overrides of it
 * @param taught whether it is the recipe's student, which learns from its teacher, or the teacher, which learns from the labels alone
 */
record SparkSubject(String name, String recipe, List<String> overrides, boolean taught, Path root) {
    static final List<String> NAMES = List.of("student", "teacher", "table");

    private static final int QUICK_SAMPLES = 4096;

    SparkSubject {
        overrides = List.copyOf(overrides);
    }

    /** What came of a training. */
    record Outcome(double percent, double seconds, String fingerprint) {}

    /** @param quick with fewer samples */
    static SparkSubject of(String name, Path root, boolean quick) throws IOException {
        List<String> overrides = new ArrayList<>();
        if (quick && !name.equals("table")) {
            overrides.add("data.test.limit=" + QUICK_SAMPLES);
        }
        return switch (name) {
            case "student" -> {
                overrides.addAll(List.of("teacher.training.epochs=1", "students[0].training.epochs=2"));
                if (quick) {
                    overrides.add("data.train.limit=" + QUICK_SAMPLES);
                }
                yield new SparkSubject(name, "conf/quickstart.conf", overrides, true, root);
            }
            case "teacher" -> {
                overrides.addAll(List.of(
                        "data.train.limit=" + (quick ? QUICK_SAMPLES : 12_288),
                        "data.samples-per-shard=256",
                        "teacher.training.epochs=" + (quick ? 1 : 2)));
                yield new SparkSubject(name, "conf/w1.conf", overrides, false, root);
            }
            default -> {
                Path made = MadeTable.write(root.resolve("table"), quick ? QUICK_SAMPLES : 16_384);
                yield new SparkSubject(name, made.toString(), overrides, false, root);
            }
        };
    }

    /** Trains it and counts the held-out samples on which it is right. */
    Outcome train(SparkSession session, String trainer, int replicas, long seed) {
        On spark = new On(
                JavaSparkContext.fromSparkContext(session.sparkContext()),
                Storage.of(session.sparkContext().hadoopConfiguration()),
                new org.apache.hadoop.fs.Path(root.toUri()),
                bound(trainer, replicas));
        return spark.train(taught, replicas, seed);
    }

    private Recipe bound(String trainer, int replicas) {
        List<String> all = new ArrayList<>(overrides);
        all.addAll(List.of("trainer.kind=" + trainer, "trainer.replicas=" + replicas));
        ConfigSource source = ConfigSource.file(recipe).overriddenBy(all).withEnvironment(System.getenv());
        return Kinds.binder().bind(source, Recipe.class);
    }

    /** A recipe on a Spark session. */
    private record On(JavaSparkContext spark, Storage storage, org.apache.hadoop.fs.Path root, Recipe recipe) {
        private Outcome train(boolean taught, int replicas, long seed) {
            Sharding sharding = new Sharding(spark, storage, root);
            Dataset train = sharding.shard(recipe.data().train(), recipe.data().samplesPerShard());
            Dataset test = sharding.shard(recipe.data().test(), recipe.data().samplesPerShard());
            NetworkTeacherSettings teacher = (NetworkTeacherSettings) recipe.teacher();
            Architecture architecture = teacher.architecture().orElseThrow();
            TrainingSettings training = teacher.training();
            List<LossSettings> losses = teacher.losses();
            List<SoftLabels> labels = List.of();
            if (taught) {
                StudentSettings student = recipe.students().get(0);
                labels = List.of(labels(train, teacher));
                architecture = student.architecture().orElseThrow();
                training = student.training();
                losses = student.losses();
            }
            TrainingTask task = task(train, architecture, training, losses, labels, seed);
            long start = System.nanoTime();
            Network trained = trained(task, replicas);
            double seconds = (System.nanoTime() - start) / 1e9;
            ModelHandle model = model(trained, train);
            ContingencyTable counts = new Evaluator(spark, new ShardStore(storage, root), models(), recipe.evaluation())
                    .pairs(test, model, model);
            return new Outcome(
                    100.0 * counts.bothRight() / counts.samples(), seconds, NetworkFiles.fingerprint(trained));
        }

        /** Of the teacher, which is trained once, by one replica. */
        private SoftLabels labels(Dataset train, NetworkTeacherSettings settings) {
            org.apache.hadoop.fs.Path saved = new org.apache.hadoop.fs.Path(root, "teacher");
            if (!NetworkFiles.exists(storage, saved)) {
                TrainingTask task = task(
                        train,
                        settings.architecture().orElseThrow(),
                        settings.training(),
                        settings.losses(),
                        List.of(),
                        settings.seed());
                NetworkFiles.write(trained(task, 1), storage, saved);
            }
            ModelHandle model = model(NetworkFiles.read(storage, saved), train);
            new ModelLabeller(spark, models(), recipe.labels(), () -> model)
                    .label(train, List.of(LabelRequest.plain()), samples -> {});
            return new SoftLabels(
                    new LabelStore(storage, root),
                    model.fingerprint(),
                    recipe.labels().codec().codec(),
                    train.schema().classes());
        }

        private TrainingTask task(
                Dataset train,
                Architecture architecture,
                TrainingSettings training,
                List<LossSettings> losses,
                List<SoftLabels> labels,
                long seed) {
            return new TrainingTask(
                    UUID.randomUUID().toString(),
                    architecture
                            .build(train.schema().shape(), train.schema().classes())
                            .withScaling(train.standardisation()),
                    training,
                    losses,
                    train,
                    train.samples(),
                    new ShardStore(storage, root),
                    labels,
                    List.of(),
                    Mask.none(),
                    OutputScaling.NONE,
                    recipe.data().viewSeed(),
                    seed,
                    Compute.by(Engine.DL4J));
        }

        private Network trained(TrainingTask task, int replicas) {
            try (TaskSlots.Training slots = TaskSlots.of(spark).enter(1)) {
                return recipe.trainer()
                        .create(spark, storage, new org.apache.hadoop.fs.Path(root, "checkpoints"), replicas)
                        .train(task, slots, new Silent())
                        .network();
            }
        }

        private ModelStore models() {
            return new ModelStore(storage, root, StoreReferences.UNANNOUNCED);
        }

        private static ModelHandle model(Network network, Dataset train) {
            return new ExportedNetwork(OnnxModel.bytes(network, train.schema().classNames(), Map.of()));
        }
    }

    private static final class Silent implements TrainingListener {
        @Override
        public void roundFinished(int epoch, long samples, double loss) {
            // the table has what counts
        }

        @Override
        public void epochFinished(int epoch, double loss, double learningRate) {
            // likewise
        }

        @Override
        public void resumed(int epochs) {
            throw new IllegalStateException("a benchmark has nothing to resume");
        }
    }
}
