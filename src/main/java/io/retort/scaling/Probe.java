package io.retort.scaling;

import io.retort.data.Labels;
import io.retort.data.Rows;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.ShownRows;
import io.retort.data.View;
import io.retort.data.shard.Shard;
import io.retort.data.shard.ShardStore;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.distill.loss.Objective;
import io.retort.distill.loss.Signals.SignalLayout;
import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork;
import io.retort.engine.dl4j.Dl4jNetwork;
import io.retort.engine.dl4j.LayerSet;
import io.retort.engine.onnx.run.Latency;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.network.InputScaling;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.plan.Plan;
import io.retort.predict.Model;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.RowBatch;
import io.retort.recipe.Recipe;
import io.retort.recipe.StudentSettings;
import io.retort.run.record.HostInfo;
import io.retort.scaling.Rates.Fixed;
import io.retort.scaling.Rates.OfNetwork;
import io.retort.scaling.Rates.PerRow;
import io.retort.scaling.Workload.Training;
import io.retort.storage.Storage;
import io.retort.teacher.PlannedTeacher.PlannedModel;
import io.retort.teacher.PlannedTeacher.PlannedNetwork;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Tries the stages of a recipe on this machine for some seconds: its own networks, batches, losses and views, on its
 * first rows. Other programs on the machine are part of what is measured.
 */
public final class Probe {
    private static final Duration EACH = Duration.ofMillis(700);
    private static final int LEAST_RUNS = 3;
    private static final int MANY_TASKS = 64;
    private static final int MOST_ROWS = 2048;

    private final Storage storage;
    private final Recipe recipe;
    private final PlannedWorkload planned;
    private final Workload workload;
    private final Schema schema;
    private final int cores;
    private final Map<List<Object>, OfNetwork> trained = new HashMap<>();
    private final Map<List<Object>, PerRow> asked = new HashMap<>();

    /** @param cores that are tried at once */
    public Probe(Storage storage, Recipe recipe, PlannedWorkload planned, int cores) {
        this.storage = storage;
        this.recipe = recipe;
        this.planned = planned;
        this.workload = planned.workload();
        this.schema = planned.schema();
        this.cores = cores;
    }

    /**
     * The rates of this machine.
     *
     * @param start seconds that this process took until Spark was ready
     * @param jobs runs a Spark job of so many tasks that do nothing
     * @param earlier whose trainings need no trial
     * @param scratch a directory for some shards; it is removed again
     * @param progress receives the name of each measurement
     */
    public Rates rates(double start, IntConsumer jobs, EarlierTimes earlier, Path scratch, Consumer<String> progress) {
        progress.accept("Spark's jobs and tasks");
        double job = median(() -> jobs.accept(1));
        double task = Math.max(0, median(() -> jobs.accept(MANY_TASKS)) - job) / (MANY_TASKS - 1);
        progress.accept("rows and shards");
        double shard;
        double read;
        Rows rows = firstRows();
        try {
            ShardStore store = new ShardStore(storage, scratch);
            shard = median(() -> {
                storage.delete(scratch);
                store.write(schema, firstRows());
            });
            Shard written = Shard.of(schema, rows);
            read = together(() -> () -> {
                store.read(schema, written);
                batches(schema.encode(rows));
            });
        } finally {
            storage.delete(scratch);
        }
        Map<String, OfNetwork> networks = new HashMap<>();
        for (PlannedNetwork network : planned.teacher().networks()) {
            progress.accept(network.title());
            OfNetwork training = network.training()
                    .filter(of -> isUnknown(network.title(), earlier))
                    .map(of -> training(network.title(), network.structure(), of.settings(), of.losses()))
                    .orElse(new OfNetwork(PerRow.NONE, 0, PerRow.NONE));
            networks.put(
                    network.title(),
                    asked(training, network.structure(), workload.labels().batchSize()));
        }
        for (PlannedModel model : planned.teacher().models()) {
            progress.accept(model.title());
            Rows asked = asked();
            try (Model open = model.model().open(1)) {
                PerRow inference = inference(open, () -> shown(asked), asked.count());
                networks.put(model.title(), new OfNetwork(PerRow.NONE, 0, inference));
            }
        }
        for (StudentSettings student : recipe.students()) {
            progress.accept("student " + student.name());
            String name = Workload.nameOf(student.name());
            Structure structure = planned.structures().get(name);
            OfNetwork training = isUnknown(name, earlier)
                    ? training(name, structure, student.training(), student.losses())
                    : new OfNetwork(PerRow.NONE, 0, PerRow.NONE);
            networks.put(name, asked(training, structure, recipe.evaluation().batchSize()));
        }
        // Of any network: it takes a fixed time.
        double latency = planned.structures().values().stream()
                .findFirst()
                .map(structure -> seconds(() -> Latency.of(onnx(structure), Latency.Effort.FULL)))
                .orElse(0.0);
        return new Rates(
                HostInfo.cpu(),
                cores,
                new Fixed(start, job, task, latency, compiled()),
                shard / rows.count(),
                read / rows.count(),
                networks);
    }

    /**
     * Labels rows of the recipe for some seconds, in as many threads as there are cores: all that the teacher is made of
     * is open at once, as in an executor.
     *
     * @param threads of a task
     * @return what labelled, none where executors open nothing
     */
    public List<String> label(int threads) {
        List<String> labelled = new ArrayList<>();
        List<Model> open = new ArrayList<>();
        int batch = workload.labels().batchSize();
        try {
            for (String name : planned.teacher().labellers()) {
                Optional<ModelHandle> foreign = foreign(name);
                if (planned.structures().containsKey(name)) {
                    open.add(OnnxSession.open(onnx(planned.structures().get(name)), threads));
                    inference(open.get(open.size() - 1), () -> RowBatch.of(features(batch), batch), batch);
                } else if (foreign.isPresent() && !foreign.get().isForTheDriver()) {
                    Rows asked = asked();
                    open.add(foreign.get().open(threads));
                    inference(open.get(open.size() - 1), () -> shown(asked), asked.count());
                } else {
                    continue;
                }
                labelled.add(name);
            }
        } finally {
            open.forEach(Model::close);
        }
        return labelled;
    }

    private Optional<ModelHandle> foreign(String name) {
        return planned.teacher().models().stream()
                .filter(model -> model.title().equals(name))
                .map(PlannedModel::model)
                .findFirst();
    }

    /** A batch of the first rows, for a model from elsewhere. */
    private Rows asked() {
        Rows first = firstRows();
        return first.rows(
                IntStream.range(0, Math.min(first.count(), workload.labels().batchSize()))
                        .toArray());
    }

    private ShownRows shown(Rows rows) {
        return new ShownRows(schema, rows, View.plain());
    }

    /** Whether some training of the network has no time of an earlier run. */
    private boolean isUnknown(String network, EarlierTimes earlier) {
        return workload.trainings().stream()
                .filter(training -> training.network().equals(network))
                .map(Training::title)
                .anyMatch(title -> !earlier.trained().containsKey(title));
    }

    private Rows firstRows() {
        return recipe.data()
                .train()
                .source(storage)
                .first(Math.min(MOST_ROWS, recipe.data().samplesPerShard()));
    }

    /** Makes batches of the rows of an open shard. */
    private void batches(Samples rows) {
        List<View> views = Plan.taughtViews(recipe, schema.shape());
        View view = views.isEmpty() ? View.plain() : views.get(views.size() - 1);
        InputScaling scaling = InputScaling.none(schema.shape().channels());
        rows.forEachBatch(
                view,
                workload.labels().batchSize(),
                (features, from, count) -> scaling.apply(features, schema.shape()));
    }

    /** Networks that are alike, such as those of an ensemble, are tried once. */
    private OfNetwork training(String name, Structure structure, TrainingSettings settings, List<LossSettings> losses) {
        int size = workload.trainings().stream()
                .filter(training -> training.network().equals(name) && training.batchSize() == settings.batchSize())
                .mapToInt(training -> workload.rowsAtOnce(training, cores))
                .findFirst()
                .orElse(settings.batchSize());
        return trained.computeIfAbsent(List.of(structure, settings, losses, size), same -> {
            Batch batch = batch(size, losses);
            Supplier<Runnable> worker = () -> {
                TrainableNetwork network = trainable(structure, settings, losses);
                float[] gradient = new float[network.gradientLength()];
                return () -> network.gradient(batch, 1, gradient);
            };
            TrainableNetwork updated = trainable(structure, settings, losses);
            float[] gradient = new float[updated.gradientLength()];
            updated.gradient(batch, 1, gradient);
            double update = median(() -> updated.update(gradient));
            return new OfNetwork(perRow(worker, size), update, PerRow.NONE);
        });
    }

    private TrainableNetwork trainable(Structure structure, TrainingSettings settings, List<LossSettings> losses) {
        Network network = Network.initialised(structure, 1);
        IUpdater updater = settings.updater(1_000_000);
        Objective objective = new Objective(losses, SignalLayout.of(schema.target(), losses));
        TrainableNetwork trainable = recipe.trainer().layers() == LayerSet.STOCK
                ? Dl4jNetwork.of(network, updater, settings.weightDecay(), objective, LayerSet.STOCK)
                : recipe.trainer().compute().begin(network, updater, settings.weightDecay(), objective, List.of());
        return trainable.penalisingScales(settings.scalePenalty());
    }

    private OfNetwork asked(OfNetwork training, Structure structure, int batch) {
        PerRow inference = asked.computeIfAbsent(List.of(structure, batch), same -> {
            try (OnnxSession session = OnnxSession.open(onnx(structure), 1)) {
                return inference(session, () -> RowBatch.of(features(batch), batch), batch);
            }
        });
        return new OfNetwork(training.gradient(), training.update(), inference);
    }

    /** @param rows of a batch, for one thread */
    private PerRow inference(Model model, Supplier<RowBatch> rows, int batch) {
        return perRow(
                () -> {
                    RowBatch own = rows.get();
                    return () -> model.predict(own);
                },
                batch);
    }

    private byte[] onnx(Structure structure) {
        return OnnxModel.bytes(Network.initialised(structure, 1), schema.classNames(), Map.of());
    }

    /** Rows that cost what a recipe's own do, and mean nothing, with a teacher's logits where some loss needs them. */
    private Batch batch(int size, List<LossSettings> losses) {
        int classes = schema.classes();
        SignalLayout layout = SignalLayout.of(schema.target(), losses);
        int width = schema.target().labelWidth();
        float[] labels = new float[size * width];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = width == 1 ? i % classes : i % 2;
        }
        Optional<float[]> logits = layout.taught() ? Optional.of(gaussian(size * classes)) : Optional.empty();
        return new Batch(features(size), layout.packed(new Labels(labels, width), logits), size);
    }

    /** Of texts, ids of all tokens. */
    private float[] features(int rows) {
        float[] values = gaussian(rows * schema.shape().elements());
        if (schema.hasTexts()) {
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextInt(schema.vocabulary().size());
            }
        }
        return values;
    }

    private static float[] gaussian(int count) {
        SplittableRandom random = new SplittableRandom(1);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Seconds that this JVM's compiler has worked until now, which is what an executor's takes for the same stages. */
    private static double compiled() {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        return compiler != null && compiler.isCompilationTimeMonitoringSupported()
                ? compiler.getTotalCompilationTime() / 1000.0
                : 0;
    }

    private PerRow perRow(Supplier<Runnable> worker, int rows) {
        return new PerRow(median(worker.get()) / rows, together(worker) / rows);
    }

    private static double seconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    /** The median time of one run, after a warm-up of a third of the time. */
    private static double median(Runnable work) {
        return median(times(work));
    }

    /** The same while every core does it. */
    private double together(Supplier<Runnable> worker) {
        ExecutorService threads = Executors.newFixedThreadPool(cores);
        try {
            List<CompletableFuture<List<Double>>> running = Stream.generate(worker)
                    .limit(cores)
                    .map(work -> CompletableFuture.supplyAsync(() -> times(work), threads))
                    .toList();
            return median(running.stream().flatMap(one -> one.join().stream()).toList());
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Double> times(Runnable work) {
        times(work, EACH.dividedBy(3));
        return times(work, EACH);
    }

    private static List<Double> times(Runnable work, Duration time) {
        List<Double> seconds = new ArrayList<>();
        long begin = System.nanoTime();
        while (seconds.size() < LEAST_RUNS || System.nanoTime() - begin < time.toNanos()) {
            seconds.add(seconds(work));
        }
        return seconds;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
