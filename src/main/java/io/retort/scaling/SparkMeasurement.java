package io.retort.scaling;

import io.retort.data.Reader;
import io.retort.data.SampleStream;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.Shard;
import io.retort.data.ShardStore;
import io.retort.data.Split;
import io.retort.data.View;
import io.retort.distill.RoundResult;
import io.retort.distill.StateAverage;
import io.retort.distill.TrainingSettings;
import io.retort.distill.allreduce.AllReduce;
import io.retort.distill.loss.LossSettings;
import io.retort.engine.dl4j.TrainingState;
import io.retort.engine.onnx.Latency;
import io.retort.engine.onnx.OnnxModel;
import io.retort.engine.onnx.OnnxSession;
import io.retort.network.InputScaling;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.pipeline.Machine;
import io.retort.pipeline.Plan;
import io.retort.pipeline.PlannedModel;
import io.retort.pipeline.PlannedNetwork;
import io.retort.pipeline.PlannedTeacher;
import io.retort.pipeline.Recipe;
import io.retort.pipeline.StudentSettings;
import io.retort.predict.Model;
import io.retort.scaling.Constants.PerSample;
import io.retort.softlabel.LabelStore;
import io.retort.spark.SparkShared;
import io.retort.spark.SparkTasks;
import io.retort.storage.Storage;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Measures the {@link Constants} of this machine with the recipe's own networks, batches, losses, views and codec, on its first samples.
 *
 * <p>It takes about seven seconds for each network and ten for the rest. Other programs on the machine are part of what is measured.
 */
public final class SparkMeasurement {
    private static final Duration EACH = Duration.ofMillis(1500);
    private static final Duration SHORT = Duration.ofMillis(600);
    private static final int MANY_TASKS = 64;
    private static final int MOST_SAMPLES = 2048;

    private final JavaSparkContext spark;
    private final Storage storage;
    private final Path scratch;
    private final Recipe recipe;
    private final Workload workload;
    private final Schema schema;
    private final MadeSamples made;
    private final PlannedTeacher planned;
    private final Map<String, Structure> structures;
    private final int cores;
    private final Consumer<String> progress;

    /**
     * A measurement for one recipe.
     *
     * @param spark in local mode
     * @param scratch a directory for some shards; it is removed again
     * @param progress is told what is measured next
     */
    public SparkMeasurement(
            JavaSparkContext spark,
            Storage storage,
            Path scratch,
            Recipe recipe,
            PlannedWorkload planned,
            Consumer<String> progress) {
        this.spark = spark;
        this.storage = storage;
        this.scratch = scratch;
        this.recipe = recipe;
        this.workload = planned.workload();
        this.schema = planned.schema();
        this.made = new MadeSamples(schema);
        this.planned = planned.teacher();
        this.structures = planned.structures();
        this.cores = spark.defaultParallelism();
        this.progress = progress;
    }

    /**
     * Measures everything.
     *
     * @param start seconds that this process took until Spark was ready
     */
    public Constants measure(double start) {
        double load = Machine.load();
        try {
            progress.accept("Spark's jobs and tasks");
            double job = StopClock.median(SHORT, () -> tasks(1));
            double task = Math.max(0, StopClock.median(SHORT, () -> tasks(MANY_TASKS)) - job) / (MANY_TASKS - 1);
            progress.accept("samples, shards and soft labels");
            OfShard shard = shard();
            progress.accept("training states of " + workload.largestStateBytes() + " bytes");
            TrainingState state = state();
            double average = average(state);
            double encode = encode(state);
            double add = add(state.parameters().length);
            Map<String, PerSample> gradients = new TreeMap<>();
            Map<String, Double> updates = new TreeMap<>();
            Map<String, PerSample> inferences = new TreeMap<>();
            Map<String, Double> build = new TreeMap<>();
            Map<StepTimes.Budget, String> trained = new HashMap<>();
            budgets().forEach((name, budget) -> {
                String same = trained.putIfAbsent(budget, name);
                if (same != null) {
                    gradients.put(name, gradients.get(same));
                    updates.put(name, updates.get(same));
                    build.put(name, build.get(same));
                } else {
                    progress.accept("training steps of " + name);
                    StepTimes times = StepTimes.measure(budget, made, cores, EACH);
                    gradients.put(name, times.gradient());
                    updates.put(name, times.update());
                    build.put(name, times.build());
                }
            });
            Map<Asked, String> asked = new HashMap<>();
            for (String name : structures.keySet()) {
                Asked what = new Asked(structures.get(name), batchSize(name));
                String same = asked.putIfAbsent(what, name);
                if (same != null) {
                    inferences.put(name, inferences.get(same));
                } else {
                    progress.accept("inference of " + name);
                    inferences.put(name, inference(what));
                }
            }
            for (PlannedModel model : planned.models()) {
                progress.accept("inference of " + model.title());
                try (Model open = model.model().open(1)) {
                    inferences.put(
                            model.title(), inference(open, workload.labels().batchSize()));
                }
            }
            // Of any network: it takes a fixed time.
            double latency = structures.values().stream()
                    .findFirst()
                    .map(structure -> StopClock.seconds(() -> Latency.of(model(structure))))
                    .orElse(0.0);
            return new Constants(
                    Machine.cpu(),
                    cores,
                    load,
                    start,
                    job,
                    task,
                    encode,
                    average,
                    add,
                    shard.source(),
                    shard.open(),
                    shard.view(),
                    shard.labels().each(),
                    shard.labels().perByte(),
                    latency,
                    gradients,
                    updates,
                    inferences,
                    build);
        } finally {
            storage.delete(scratch);
        }
    }

    /** Tasks that do nothing but what all do: they open the storage, whose settings travel with them. */
    private void tasks(int count) {
        Storage travelling = storage;
        List<Integer> inputs = IntStream.range(0, count).boxed().toList();
        SparkTasks.collect(spark, inputs, input -> travelling.configuration().size());
    }

    private record OfShard(double source, double open, double view, LabelTimes labels) {}

    private OfShard shard() {
        Samples samples = firstSamples();
        double sourcing = Double.MAX_VALUE;
        // The first time loads classes and the compressor's native library.
        for (int i = 0; i < 3; i++) {
            Path root = new Path(scratch, Integer.toString(i));
            sourcing = Math.min(sourcing, StopClock.seconds(() -> new ShardStore(storage, root).write(firstSamples())));
        }
        ShardStore store = new ShardStore(storage, new Path(scratch, "0"));
        Shard shard = Shard.of(samples);
        double opening = together(SHORT, () -> () -> store.read(schema, shard));
        double viewing = together(SHORT, () -> () -> view(samples));
        LabelTimes labels = LabelTimes.measure(
                new LabelStore(storage, scratch),
                samples,
                recipe.labels().codec().codec(),
                schema.classes(),
                SHORT);
        return new OfShard(sourcing / samples.count(), opening / samples.count(), viewing / samples.count(), labels);
    }

    /** The first will do: how long they take is measured, and nothing is learned from what they are. */
    private Samples firstSamples() {
        Reader reader = recipe.data().train().reader();
        List<Split> splits = reader.splits(storage);
        for (Split split : splits) {
            try (SampleStream stream = reader.open(storage, split, schema)) {
                Samples samples =
                        stream.read(Math.min(MOST_SAMPLES, recipe.data().samplesPerShard()));
                if (samples.count() > 0) {
                    return samples;
                }
            }
        }
        throw new IllegalStateException("a source of " + workload.train().samples() + " samples gave none");
    }

    /** Makes batches of the samples of an open shard. */
    private void view(Samples samples) {
        List<View> views = Plan.taughtViews(recipe, schema.shape());
        View view = views.isEmpty() ? View.plain() : views.get(views.size() - 1);
        InputScaling scaling = teacher()
                .map(Structure::scaling)
                .orElseGet(() -> InputScaling.none(schema.shape().channels()));
        samples.forEachBatch(
                view, workload.labels().batchSize(), (rows, from, count) -> scaling.apply(rows, schema.shape()));
    }

    private TrainingState state() {
        int values = Math.toIntExact(Math.max(1, workload.largestStateBytes() / Float.BYTES));
        return new TrainingState(MadeSamples.gaussian(values), new float[0], 1);
    }

    private double average(TrainingState state) {
        List<RoundResult> results = List.of(new RoundResult(0, 1, 0, 0, state), new RoundResult(1, 1, 0, 0, state));
        return StopClock.median(SHORT, () -> StateAverage.of(results))
                / results.size()
                / Float.BYTES
                / state.parameters().length;
    }

    /** Two vectors a step, as one rank with two lanes adds them. */
    private static double add(int length) {
        float[] vector = MadeSamples.gaussian(length);
        try (AllReduce sums = AllReduce.alone(2, length)) {
            return StopClock.median(SHORT, () -> {
                        sums.add(0, vector);
                        sums.add(1, vector);
                        sums.sum();
                    })
                    / 2
                    / Float.BYTES
                    / length;
        }
    }

    private double encode(TrainingState state) {
        double bothWays = StopClock.median(SHORT, () -> {
            try (SparkShared<TrainingState> shared = SparkShared.of(spark, state)) {
                shared.value();
            }
        });
        return bothWays / 2 / Float.BYTES / state.parameters().length;
    }

    /** A network of ours that labels; nothing where models from elsewhere do. */
    private Optional<Structure> teacher() {
        return workload.lastPass().networks().stream()
                .flatMap(name -> Optional.ofNullable(structures.get(name)).stream())
                .findFirst();
    }

    /** What inference is measured of, likewise once. */
    private record Asked(Structure structure, int batchSize) {}

    private Map<String, StepTimes.Budget> budgets() {
        Map<String, StepTimes.Budget> budgets = new TreeMap<>();
        for (PlannedNetwork network : planned.networks()) {
            network.training()
                    .ifPresent(training -> budgets.put(
                            network.title(),
                            budget(network.title(), network.structure(), training.settings(), training.losses())));
        }
        for (StudentSettings student : recipe.students()) {
            String name = Workload.nameOf(student.name());
            budgets.put(name, budget(name, structures.get(name), student.training(), student.losses()));
        }
        return budgets;
    }

    /** A student that begins as another may have no training of its own; a pass then has as many rows as its batch. */
    private StepTimes.Budget budget(
            String name, Structure structure, TrainingSettings training, List<LossSettings> losses) {
        int rows = workload.trainings().stream()
                .filter(planned -> planned.network().equals(name) && planned.batchSize() == training.batchSize())
                .mapToInt(planned -> workload.rowsAtOnce(planned, cores))
                .findFirst()
                .orElse(training.batchSize());
        return new StepTimes.Budget(
                structure, training, losses, recipe.trainer().flavour(), rows);
    }

    private int batchSize(String name) {
        return planned.networks().stream().anyMatch(network -> network.title().equals(name))
                ? workload.labels().batchSize()
                : recipe.evaluation().batchSize();
    }

    private PerSample inference(Asked asked) {
        try (OnnxSession session = OnnxSession.open(model(asked.structure()), 1)) {
            return inference(session, asked.batchSize());
        }
    }

    private PerSample inference(Model model, int batch) {
        float[] rows = made.features(batch);
        double alone = StopClock.median(SHORT, () -> model.predict(rows, batch));
        double busy = together(SHORT, () -> () -> model.predict(rows, batch));
        return new PerSample(alone / batch, busy / batch);
    }

    private double together(Duration time, Supplier<Runnable> worker) {
        return StopClock.median(time, Stream.generate(worker).limit(cores).toList());
    }

    private byte[] model(Structure structure) {
        return OnnxModel.bytes(Network.initialised(structure, 1), schema.classNames(), Map.of());
    }
}
