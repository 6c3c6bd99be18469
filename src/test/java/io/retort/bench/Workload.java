package io.retort.bench;

import io.retort.config.ConfigSource;
import io.retort.data.Labels;
import io.retort.data.Samples;
import io.retort.data.View;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import io.retort.data.shard.ShardStore;
import io.retort.data.shard.Sharding;
import io.retort.distill.Compute;
import io.retort.distill.Engine;
import io.retort.distill.TrainingSettings;
import io.retort.distill.TrainingTask;
import io.retort.distill.loss.LossSettings;
import io.retort.distill.loss.Objective;
import io.retort.distill.loss.Signals.SignalLayout;
import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork;
import io.retort.engine.TrainableNetwork.Precision;
import io.retort.label.LabelStore;
import io.retort.label.SoftLabels;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.OutputScaling;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.predict.Model.ModelHandle;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.recipe.StudentSettings;
import io.retort.storage.Storage;
import io.retort.teacher.NetworkTeacherSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/** The reference workload of {@code conf/w1.conf}, in the pieces that benchmarks take. */
final class Workload {
    private final Recipe recipe;
    private final Path root;

    private Workload(Recipe recipe, Path root) {
        this.recipe = recipe;
        this.root = root;
    }

    /** Its first {@code samples} training samples, sharded under {@code root}. */
    static Workload of(Path root, int samples) {
        ConfigSource source = ConfigSource.file("conf/w1.conf")
                .overriddenBy(List.of("data.train.limit=" + samples))
                .withEnvironment(System.getenv());
        return new Workload(Kinds.binder().bind(source, Recipe.class), root);
    }

    /**
     * One of its two networks with its budget.
     *
     * @param taught whether its losses ask for a teacher
     */
    record Assignment(
            String name, Structure structure, TrainingSettings training, List<LossSettings> losses, boolean taught) {
        Assignment withEpochs(int epochs) {
            TrainingSettings budget = new TrainingSettings(
                    epochs,
                    training.batchSize(),
                    training.optimizer(),
                    training.learningRate(),
                    training.weightDecay(),
                    training.scalePenalty(),
                    training.views());
            return new Assignment(name, structure, budget, losses, taught);
        }

        /** A network of its own for a loop without Spark. */
        TrainableNetwork begin(Engine engine) {
            return begin(new Compute(engine, Precision.FLOAT32));
        }

        TrainableNetwork begin(Compute compute) {
            return compute.begin(
                    Network.initialised(structure, 1),
                    training.updater(10_000),
                    training.weightDecay(),
                    objective(),
                    List.of());
        }

        private Objective objective() {
            return new Objective(
                    losses,
                    new SignalLayout(
                            10, losses.stream().anyMatch(loss -> loss.source() == LossSettings.Source.TEACHER)));
        }
    }

    Recipe recipe() {
        return recipe;
    }

    Path root() {
        return root;
    }

    Assignment teacher() {
        NetworkTeacherSettings settings = (NetworkTeacherSettings) recipe.teacher();
        return new Assignment(
                "w1-teacher",
                settings.architecture().orElseThrow().build(Shape.image(1, 28, 28), 10),
                settings.training(),
                settings.losses(),
                false);
    }

    Assignment student() {
        StudentSettings settings = recipe.students().get(0);
        return new Assignment(
                "w1-student",
                settings.architecture().orElseThrow().build(Shape.image(1, 28, 28), 10),
                settings.training(),
                settings.losses(),
                true);
    }

    Dataset dataset(JavaSparkContext spark, Storage storage) {
        return new Sharding(spark, storage, root)
                .shard(recipe.data().train(), recipe.data().samplesPerShard());
    }

    SoftLabels softLabels(Storage storage, ModelHandle teacher) {
        return new SoftLabels(
                new LabelStore(storage, root),
                teacher.fingerprint(),
                recipe.labels().codec().codec(),
                10);
    }

    TrainingTask task(String id, Assignment assignment, Dataset dataset, Storage storage, ModelHandle teacher) {
        return new TrainingTask(
                id,
                assignment.structure(),
                assignment.training(),
                assignment.losses(),
                dataset,
                dataset.samples(),
                new ShardStore(storage, root),
                assignment.taught() ? List.of(softLabels(storage, teacher)) : List.of(),
                List.of(),
                Mask.none(),
                OutputScaling.NONE,
                recipe.data().viewSeed(),
                1,
                Compute.by(Engine.DL4J));
    }

    /** The batches that a replica makes of a shard, in the shard's order. */
    List<Batch> batches(Assignment assignment, Dataset dataset, Shard shard, Storage storage, ModelHandle teacher) {
        Samples samples = new ShardStore(storage, root).read(dataset.schema(), shard);
        Optional<float[]> logits = assignment.taught()
                ? Optional.of(softLabels(storage, teacher).read(View.plain(), shard, samples.ids()))
                : Optional.empty();
        int batchSize = assignment.training().batchSize();
        List<Batch> batches = new ArrayList<>();
        for (int from = 0; from + batchSize <= samples.count(); from += batchSize) {
            float[] features = raw(samples, from, batchSize);
            assignment.structure().scaling().apply(features, dataset.schema().shape());
            int[] labels = samples.labels().classes(from, batchSize);
            int first = from * 10;
            Optional<float[]> own = logits.map(all -> Arrays.copyOfRange(all, first, first + batchSize * 10));
            batches.add(new Batch(
                    features, new SignalLayout(10, own.isPresent()).packed(Labels.ofClasses(labels), own), batchSize));
        }
        return batches;
    }

    /** The unscaled features of some samples of a shard. */
    static float[] raw(Samples samples, int from, int count) {
        int elements = samples.schema().shape().elements();
        float[] features = new float[count * elements];
        for (int i = 0; i < count; i++) {
            samples.copyFeatures(from + i, features, i * elements);
        }
        return features;
    }
}
