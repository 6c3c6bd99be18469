package io.retort.run;

import io.retort.compress.ExportFormat;
import io.retort.config.Names;
import io.retort.data.LabelColumns;
import io.retort.data.Rows;
import io.retort.data.ShownRows;
import io.retort.data.View;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.ShardStore;
import io.retort.engine.onnx.run.Latency;
import io.retort.engine.onnx.run.Latency.LatencyRatio;
import io.retort.engine.onnx.write.ExportedNetwork;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.engine.onnx.write.OnnxModel.VectorOutput;
import io.retort.evaluate.AnsweredRows;
import io.retort.evaluate.ContingencyTable;
import io.retort.evaluate.Evaluation;
import io.retort.evaluate.Evaluator;
import io.retort.evaluate.ShownAnswers;
import io.retort.evaluate.Task;
import io.retort.label.SoftLabels;
import io.retort.network.Cost;
import io.retort.network.Network;
import io.retort.plan.Plan;
import io.retort.predict.Model;
import io.retort.predict.Model.ModelFacts;
import io.retort.predict.Model.ModelHandle;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.report.Figures;
import io.retort.report.Figures.LatencySection;
import io.retort.report.Report;
import io.retort.run.DataStage.RunData;
import io.retort.run.SideBySide.OneAtATime;
import io.retort.run.progress.Progress;
import io.retort.run.progress.Stopwatch;
import io.retort.run.record.HostInfo;
import io.retort.run.record.RunContext;
import io.retort.spark.TaskSlots;
import io.retort.storage.Digest;
import io.retort.storage.Json;
import io.retort.storage.StoreReferences;
import io.retort.teacher.TrainedTeacher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;

/**
 * The figures of networks on the held-out samples, and their measured latency.
 *
 * <p>What is evaluated is the ONNX file that is shipped, without the metadata that say whose it is: students that share
 * their stages share the figures. They are kept in {@code <root>/store/evaluations} under the digest of that file and
 * of all else they depend on, machine and ONNX Runtime included, so that they are measured once.
 */
public final class Assessment implements CompressionStages.Judge {
    private static final String CODE = "evaluate/6";
    /** By how many times. */
    private static final double MUCH_SURER = 10;

    /** Rows whose logits come to the driver, at most. */
    private static final int MOST_ANSWERED = 100_000;

    /** Logits of them. */
    private static final int MOST_ANSWERS = 4_000_000;

    private static final String RATIO_CODE = "latency-ratio/1";

    private final RunContext context;
    private final Recipe recipe;
    private final TaskSlots slots;
    private final Stopwatch stopwatch;
    private final StoreReferences use;
    private final Dataset test;
    private final Optional<Dataset> validation;
    private final SoftLabels softLabels;
    private final ShardStore shards;
    private final Task task;
    private final Evaluator evaluation;
    private final Optional<VectorProbe> probe;
    private final OneAtATime figures = new OneAtATime();

    Assessment(RunScope scope, RunData data, SoftLabels softLabels) {
        this.context = scope.context();
        this.recipe = scope.recipe();
        this.slots = scope.slots();
        this.stopwatch = scope.stopwatch();
        this.use = scope.directory().use();
        this.test = data.test();
        this.validation = data.validation();
        this.softLabels = softLabels;
        this.shards = scope.shards();
        this.task = Task.of(test.schema().target());
        this.evaluation = new Evaluator(scope.spark(), shards, scope.models(), recipe.evaluation());
        this.probe = VectorProbe.of(scope, evaluation, data);
    }

    /**
     * A network as it is shipped, with its figures.
     *
     * @param score the figure that decides in this task
     */
    @SuppressWarnings("ArrayRecordComponent")
    public // carried, never compared
    record Assessed(Network network, ExportFormat form, byte[] onnx, double score, Figures figures) {}

    /** The teacher's mean entropy, in nats, on labelled training rows and on held-out ones. */
    record Sureness(double seen, double others) {}

    /** What is kept of an assessment. */
    record Kept(Evaluation evaluation, Latency latency) {}

    public Assessed of(String title, Network network, Map<String, String> provenance) {
        return of(title, network, ExportFormat.FLOAT32, provenance);
    }

    @Override
    public Assessed of(String title, Network network, ExportFormat form, Map<String, String> provenance) {
        return shipped(title, network, form, onnx(network, form, provenance));
    }

    private byte[] onnx(Network network, ExportFormat form, Map<String, String> provenance) {
        LabelColumns.Kind task = test.schema().target().kind();
        Map<String, String> about = new TreeMap<>(provenance);
        about.put(OnnxModel.TASK, Names.kebab(task));
        byte[] onnx = form.bytes(network, test.schema().classNames(), about);
        boolean isVector = task == LabelColumns.Kind.EMBEDDING;
        return isVector ? VectorOutput.of(onnx) : onnx;
    }

    /** A network as it is evaluated. */
    byte[] onnx(Network network, ExportFormat form) {
        return OnnxModel.withoutProvenance(onnx(network, form, Map.of()));
    }

    /** An exported network, as it is. */
    public Assessed shipped(String title, Network network, byte[] onnx) {
        return shipped(title, network, ExportFormat.FLOAT32, onnx);
    }

    @Override
    public String scoreName() {
        return task.score();
    }

    /** On the validation samples, or on the held-out ones where there are no others. */
    @Override
    public double choosingScore(Assessed assessed) {
        return validation
                .map(rows -> figures(rows, model(assessed)).score(task))
                .orElse(assessed.score());
    }

    /**
     * A network as it is evaluated, with figures on the validation samples, of which there must be some. Nothing else is
     * measured: its latency is 0.
     */
    Assessed onValidation(Network network, ExportFormat form) {
        byte[] onnx = onnx(network, form);
        Evaluation evaluation = figures(validation.orElseThrow(), new ExportedNetwork(onnx));
        return assessed(network, form, onnx, new Kept(evaluation, new Latency(0, 0, 0)));
    }

    /** Its mean divergence from the teacher on the validation samples, of which there must be some. */
    double divergence(Assessed assessed) {
        return task.divergence(figures(validation.orElseThrow(), model(assessed)));
    }

    /** What a network as it is shipped and the teacher say of rows, of a sample where there are many. */
    AnsweredRows answers(Dataset rows, Assessed assessed) {
        int most = Math.min(MOST_ANSWERED, MOST_ANSWERS / rows.schema().classes());
        return beside(() -> evaluation.answers(rows, model(assessed), softLabels, most));
    }

    /** Held-out rows for people to look at, and what a network as it is shipped says of them. */
    ShownAnswers shown(Assessed assessed) {
        return known(
                "shown/1",
                test,
                assessed,
                ShownAnswers.class,
                () -> beside(() -> evaluation.shown(test, model(assessed), softLabels)));
    }

    /** What the store has under a name of a network as it is shipped and of rows, or what is made now and kept. */
    <T> T known(String name, Dataset rows, Assessed assessed, Class<T> type, Supplier<T> make) {
        return known(name, rows, model(assessed), type, make);
    }

    private <T> T known(String name, Dataset rows, ModelHandle model, Class<T> type, Supplier<T> make) {
        String key = new Digest().add(name).add(key(rows, model.fingerprint())).key();
        return known(key, type, make);
    }

    private static ModelHandle model(Assessed assessed) {
        return new ExportedNetwork(OnnxModel.withoutProvenance(assessed.onnx()));
    }

    private Evaluation figures(Dataset rows, ModelHandle model) {
        return known(
                "figures/1",
                rows,
                model,
                Evaluation.class,
                () -> beside(() -> evaluation.ofModel(rows, model, softLabels)));
    }

    /** Measured in this process if it is not known. */
    @Override
    public Optional<LatencyRatio> ratio(Assessed one, Assessed other) {
        byte[] model = OnnxModel.withoutProvenance(one.onnx());
        byte[] otherModel = OnnxModel.withoutProvenance(other.onnx());
        String key = new Digest()
                .add(RATIO_CODE)
                .add(model)
                .add(otherModel)
                .add(HostInfo.inference())
                .key();
        return Optional.of(known(
                key, LatencyRatio.class, () -> quietly(() -> LatencyRatio.of(model, otherModel, context.latency()))));
    }

    /** How often two exported networks are right on the same held-out samples. */
    public ContingencyTable pairs(byte[] first, byte[] second) {
        return beside(() -> evaluation.pairs(test, new ExportedNetwork(first), new ExportedNetwork(second)));
    }

    /** The teacher's score on training samples that it has labelled in this view. */
    public double teacherAccuracy(Dataset part, View view) {
        return beside(() -> evaluation.teacherScore(part, softLabels, view));
    }

    /**
     * Warns of a teacher that is much surer of the rows whose labels it may have been fitted on than of others.
     *
     * @param view in which it has labelled the training rows
     */
    void warnOfSureness(Dataset train, View view) {
        Dataset fitted = train.labelledRows();
        String key = new Digest()
                .add("sureness/1")
                .add(key(test, fitted.fingerprint()))
                .add(view.fingerprint())
                .key();
        Sureness found = known(
                key,
                Sureness.class,
                () -> beside(() -> new Sureness(
                        evaluation.meanEntropy(fitted, softLabels, view),
                        evaluation.meanEntropy(test, softLabels, View.plain()))));
        if (found.seen() < found.others() / MUCH_SURER) {
            context.progress()
                    .warn(String.format(
                            Locale.ROOT,
                            "the teacher is much surer of the labelled training rows than of the held-out ones (mean"
                                    + " entropy %.2g and %.2g nats), as models are of rows that they were fitted on; there its"
                                    + " soft labels tell little more than the labels. Take rows without labels, or have"
                                    + " it label out of fold",
                            found.seen(),
                            found.others()));
        }
    }

    /**
     * The teacher is not asked again: its soft labels of the held-out samples say it all. One of several models costs
     * what they cost together, and each of them is shown beside it.
     */
    Report.TeacherSection ofTeacher(TrainedTeacher teacher) {
        List<TrainedTeacher.Part> parts = teacher.parts();
        boolean several = parts.size() > 1;
        List<Report.PartSection> sections = new ArrayList<>();
        List<Latency> latencies = new ArrayList<>();
        for (TrainedTeacher.Part part : several ? parts : List.<TrainedTeacher.Part>of()) {
            Kept kept = kept(
                    part.title(), part.model().fingerprint(), () -> figures(part.model()), () -> latency(part.model()));
            latencies.add(kept.latency());
            sections.add(new Report.PartSection(part.title(), figures(part.facts(), kept), part.curves()));
        }
        Supplier<Latency> latency = () -> Latency.inTurn(
                several
                        ? latencies
                        : parts.stream().map(part -> latency(part.model())).toList());
        Kept kept = kept(Plan.TEACHER, teacher.labeller().fingerprint(), this::figuresOfTeacher, latency);
        // Parts may have been measured again since.
        Kept summed = several ? new Kept(kept.evaluation(), latency.get()) : kept;
        Figures figures = figures(
                ModelFacts.sum(parts.stream().map(TrainedTeacher.Part::facts).toList()), summed);
        return new Report.TeacherSection(
                recipe.teacher().title(),
                teacher.fingerprint(),
                figures,
                sections,
                several
                        ? List.of()
                        : parts.stream().flatMap(part -> part.curves().stream()).toList(),
                parts.stream().flatMap(part -> part.probe().stream()).toList());
    }

    private Evaluation figuresOfTeacher() {
        Evaluation figures = evaluation.ofTeacher(test, softLabels);
        return probe.map(probing -> probing.ofTeacher(figures, softLabels)).orElse(figures);
    }

    private Evaluation figuresOf(ModelHandle model) {
        Evaluation figures = evaluation.ofModel(test, model, softLabels);
        return probe.map(probing -> probing.ofModel(figures, model)).orElse(figures);
    }

    /** What executors cannot ask has labelled the held-out samples under its fingerprint. */
    private Evaluation figures(ModelHandle part) {
        return part.isForTheDriver()
                ? evaluation.ofTeacher(
                        test,
                        new SoftLabels(
                                softLabels.store(), part.fingerprint(), softLabels.codec(), softLabels.classes()))
                : evaluation.ofModel(test, part, softLabels);
    }

    /** Measured here, on the first held-out samples. */
    private Latency latency(ModelHandle handle) {
        Rows first = shards.rows(test.schema(), test.shards().get(0));
        try (Model model = handle.open(1)) {
            return Latency.of(
                    model,
                    batch -> new ShownRows(
                            test.schema(),
                            first.rows(IntStream.range(0, batch)
                                    .map(row -> row % first.count())
                                    .toArray()),
                            View.plain()),
                    context.latency());
        }
    }

    private Assessed shipped(String title, Network network, ExportFormat form, byte[] onnx) {
        byte[] evaluated = OnnxModel.withoutProvenance(onnx);
        ModelHandle model = new ExportedNetwork(evaluated);
        Kept kept = kept(
                title, model.fingerprint(), () -> figuresOf(model), () -> Latency.of(evaluated, context.latency()));
        return assessed(network, form, onnx, kept);
    }

    private Assessed assessed(Network network, ExportFormat form, byte[] onnx, Kept kept) {
        Cost cost = Cost.of(network.structure());
        ModelFacts facts = ModelFacts.of(cost.trainedParameters(), cost.macs(), onnx.length);
        return new Assessed(network, form, onnx, kept.evaluation().score(task), figures(facts, kept));
    }

    private Kept kept(String title, String fingerprint, Supplier<Evaluation> evaluate, Supplier<Latency> latency) {
        return known(key(test, fingerprint), Kept.class, () -> {
            Evaluation fresh = beside(() -> {
                try (Progress.Stage stage = context.progress()
                        .begin("evaluate " + title, test.schema().noun(), test.samples())) {
                    Evaluation made = evaluate.get();
                    stage.advance(test.samples());
                    return made;
                }
            });
            stopwatch.count("evaluate", test.samples());
            return new Kept(fresh, quietly(latency));
        });
    }

    /** A Spark job, which trainings may go on beside. */
    private <T> T beside(Supplier<T> work) {
        return slots.beside(() -> stopwatch.time("evaluate", work));
    }

    /** A measurement, which they would disturb. */
    private <T> T quietly(Supplier<T> work) {
        return slots.quietly(() -> stopwatch.time("evaluate", work));
    }

    /** What the store has under a key, or what is measured now and kept there. */
    private <T> T known(String key, Class<T> type, Supplier<T> measure) {
        String entry = "store/evaluations/" + key + ".json";
        use.announce(List.of(entry));
        Path path = new Path(context.root(), entry);
        return figures.of(
                key,
                () -> Json.find(context.storage(), path, type).orElseGet(() -> {
                    T fresh = measure.get();
                    context.storage().write(path, Json.file(fresh));
                    return fresh;
                }));
    }

    /** @param fingerprint of what is evaluated */
    private String key(Dataset rows, String fingerprint) {
        Digest digest = new Digest()
                .add(CODE)
                .add(fingerprint)
                .add(rows.fingerprint())
                .add(softLabels.origin())
                .add(softLabels.codec().name())
                .add(Kinds.canonical().address(recipe.evaluation()))
                .add(HostInfo.inference());
        probe.map(VectorProbe::key).ifPresent(digest::add);
        return digest.key();
    }

    private Figures figures(ModelFacts facts, Kept kept) {
        return new Figures(
                kept.evaluation().score(task),
                kept.evaluation().agreement(),
                facts.parameters(),
                facts.macs(),
                facts.bytes(),
                new LatencySection(
                        kept.latency().p50Millis(),
                        kept.latency().p99Millis(),
                        kept.latency().throughputPerSecond()),
                kept.evaluation().metrics(),
                kept.evaluation().confusion(),
                kept.evaluation().decisions(),
                kept.evaluation().confidence());
    }
}
