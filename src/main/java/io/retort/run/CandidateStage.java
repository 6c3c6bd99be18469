package io.retort.run;

import io.retort.compress.CompressorSettings;
import io.retort.compress.ExportFormat;
import io.retort.compress.PossibleStructures;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.ShownRows;
import io.retort.data.View;
import io.retort.distill.MicroBatches;
import io.retort.distill.Supernet;
import io.retort.distill.Supernet.Path;
import io.retort.distill.SynchronousTrainer;
import io.retort.distill.TrainingTask;
import io.retort.engine.onnx.run.Latency;
import io.retort.engine.onnx.run.Latency.LatencyRatio;
import io.retort.evaluate.Task;
import io.retort.label.SoftLabels;
import io.retort.network.InputScaling;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.plan.Plan;
import io.retort.recipe.Recipe;
import io.retort.recipe.SearchSettings;
import io.retort.recipe.StudentSettings;
import io.retort.report.Figures;
import io.retort.report.ScoreUnit;
import io.retort.run.Assessment.Assessed;
import io.retort.run.DataStage.RunData;
import io.retort.run.StudentExport.CompactSizes;
import io.retort.run.progress.Progress;
import io.retort.run.record.RunContext;
import io.retort.run.record.RunDirectory;
import io.retort.spark.SessionSetup;
import io.retort.spark.SlotTime;
import io.retort.spark.TaskSlots;
import io.retort.teacher.PlannedTeacher.PlannedNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;

/**
 * Trains and measures the candidates of a search, once the teacher has labelled the rows: as many at once as there are
 * task slots, each in one of them. Where fewer are left, one has several slots, which gives the same network sooner.
 */
public final class CandidateStage {
    private static final String SUPERNET = "supernet";

    private final RunScope scope;
    private final RunData data;
    private final InputScaling scaling;
    private final TrainingStage training;
    private final SoftLabels softLabels;
    private final Assessment assessment;
    private final CompressionStages compression;

    /** @param data with validation rows, on which candidates are chosen */
    CandidateStage(RunScope scope, RunData data, InputScaling scaling, TrainingStage training, SoftLabels softLabels) {
        this.scope = scope;
        this.data = data;
        this.scaling = scaling;
        this.training = training;
        this.softLabels = softLabels;
        this.assessment = new Assessment(scope, data, softLabels);
        this.compression = new CompressionStages(scope, data, training, softLabels, new OnValidation(assessment));
    }

    /** Judges by the validation rows alone: those held out are left for the front. No time is measured. */
    private record OnValidation(Assessment assessment) implements CompressionStages.Judge {
        @Override
        public Assessed of(String title, Network network, ExportFormat form, Map<String, String> provenance) {
            return assessment.onValidation(network, form);
        }

        @Override
        public double choosingScore(Assessed assessed) {
            return assessed.score();
        }

        @Override
        public String scoreName() {
            return assessment.scoreName();
        }

        @Override
        public Optional<LatencyRatio> ratio(Assessed one, Assessed other) {
            return Optional.empty();
        }
    }

    public RunContext context() {
        return scope.context();
    }

    public Recipe recipe() {
        return scope.recipe();
    }

    public RunDirectory directory() {
        return scope.directory();
    }

    /** Those that candidates are trained in. */
    public TaskSlots slots() {
        return scope.slots();
    }

    /** The time that tasks have slots from now on. */
    public SlotTime slotTime() {
        return new SlotTime(scope.spark());
    }

    /** Does searches at the same time, whose trainings share the slots; the results are in their order. */
    public <T> List<T> sideBySide(List<Supplier<T>> searches) {
        return scope.sideBySide().all(searches);
    }

    /** The name of the quality by which candidates are chosen. */
    public String qualityName() {
        return isChosenByLoss() ? ScoreUnit.NEGATIVE_DIVERGENCE : scoreName();
    }

    /** The name of the score that decides in this task. */
    public String scoreName() {
        return task().score();
    }

    private boolean isChosenByLoss() {
        return recipe().search().orElseThrow().quality() == SearchSettings.Quality.SOFT_LABEL_LOSS;
    }

    private Task task() {
        return Task.of(schema().target());
    }

    private Schema schema() {
        return data.train().schema();
    }

    /**
     * A candidate's network before it is trained.
     *
     * @throws IllegalArgumentException where its architecture does not take these rows
     */
    public Structure structure(StudentSettings candidate) {
        return PlannedNetwork.structure(candidate.architecture().orElseThrow(), schema(), scaling);
    }

    /**
     * The structures that its compression stages may leave of a candidate; its own where it has none.
     *
     * @throws IllegalArgumentException where a stage can never be done, or trains on rows as the teacher did not see them
     */
    public PossibleStructures compressed(StudentSettings candidate) {
        Set<String> labelled = fingerprints(Plan.taughtViews(recipe(), schema().shape()).stream());
        long viewSeed = recipe().data().viewSeed();
        if (!labelled.containsAll(fingerprints(Plan.taughtViews(candidate, viewSeed, schema().shape())))) {
            throw new IllegalArgumentException(
                    "its views are not those of the template, which the teacher has labelled");
        }
        return Plan.compressed(candidate, structure(candidate));
    }

    private static Set<String> fingerprints(Stream<View> views) {
        return views.map(View::fingerprint).collect(Collectors.toSet());
    }

    /** What networks take of the first training rows, unscaled, one row after the other. */
    public float[] firstInputs(int most) {
        Rows shard = scope.shards().rows(schema(), data.train().shards().get(0));
        int count = Math.min(most, shard.count());
        Rows first = shard.rows(IntStream.range(0, count).toArray());
        float[] input = new ShownRows(schema(), first, View.plain()).input();
        return Arrays.copyOf(input, count * schema().shape().elements());
    }

    /** The file that a network is exported as. */
    public byte[] onnx(Network network) {
        return assessment.onnx(network, ExportFormat.FLOAT32);
    }

    /** The median milliseconds of one sample of each ONNX file, measured while nothing is trained on this machine. */
    public double[] millis(List<byte[]> models) {
        return scope.slots().quietly(() -> Latency.p50Millis(models, context().latency()));
    }

    /**
     * A candidate after its training and its compression stages, from the store where it was trained before, with its
     * figures on the validation rows.
     *
     * @param stints epochs of the trainings that follow each other: each begins at the network of the one before, with a
     *     learning rate that starts anew (Loshchilov and Hutter 2016, arXiv:1608.03983)
     * @throws IllegalArgumentException where its training does not fit in a slot's share of this process's memory
     */
    public Assessed trained(String title, StudentSettings candidate, List<Integer> stints) {
        if (SessionSetup.isLocal(scope.spark().getConf())) {
            requireMemory(candidate); // an allocation that fails in a task would end the whole process
        }
        Optional<Network> reached = Optional.empty();
        for (int stint = 0; stint < stints.size(); stint++) {
            TrainingStage.Assignment assignment = new TrainingStage.Assignment(
                    stint == 0 ? title : title + " stint " + (stint + 1),
                    structure(candidate),
                    candidate.training().with(stints.get(stint)),
                    candidate.losses(),
                    Optional.of(softLabels),
                    scope.recipe().data().viewSeed(),
                    scope.recipe().seeds().get(0),
                    reached,
                    Mask.none());
            reached = Optional.of(training.train(assignment, data.train()).network());
        }
        Network network = reached.orElseThrow();
        CompressionStages.Subject subject = new CompressionStages.Subject(
                title, candidate, scope.recipe().seeds().get(0), Map.of());
        Assessed distilled = assessment.onValidation(network, ExportFormat.FLOAT32);
        return compression
                .after(subject, distilled, Mask.none(), new CompactSizes(List.of(), network))
                .last();
    }

    /**
     * Parameters that candidates share, trained with the template's losses and learning rate in one task slot.
     *
     * @param paths the smallest, the largest, and further ones
     */
    public Supernet supernet(int epochs, List<Path> paths) {
        StudentSettings template = recipe().students().get(0);
        TrainingTask task = training.task(
                new TrainingStage.Assignment(
                        SUPERNET,
                        paths.get(0).structure(),
                        template.training().with(epochs),
                        template.losses(),
                        Optional.of(softLabels),
                        recipe().data().viewSeed(),
                        recipe().seeds().get(0),
                        Optional.empty(),
                        Mask.none()),
                data.train());
        try (TaskSlots.Training place = slots().enter(TrainingStage.work(task));
                Progress.Stage progress = context()
                        .progress()
                        .begin(
                                "train the " + SUPERNET,
                                schema().noun(),
                                epochs * task.dataset().samples())) {
            return place.run(
                    1,
                    share -> Supernet.trained(
                            scope.spark(),
                            task,
                            paths,
                            ended -> progress.advance(task.dataset().samples())));
        }
    }

    /** The quality of a candidate with its part of the shared parameters, on the validation rows. */
    public double quality(Supernet supernet, Path path) {
        Network network = slots().beside(() -> supernet.inherited(scope.spark(), path));
        return quality(assessment.onValidation(network, ExportFormat.FLOAT32));
    }

    /** Of its training and of all fine-tunings, as far as it is known which network those have. */
    private void requireMemory(StudentSettings candidate) {
        Stream.concat(Stream.of(structure(candidate)), compressed(candidate).possible().stream())
                .distinct()
                .forEach(network -> {
                    StudentSettings.Tuning training =
                            new StudentSettings.Tuning(candidate.training(), candidate.losses());
                    requireMemory(network, "training", training);
                    requireMemory(network, "compress-first", candidate, candidate.compressFirst());
                    requireMemory(network, "compress", candidate, candidate.compress());
                });
    }

    private void requireMemory(
            Structure structure, String key, StudentSettings candidate, List<CompressorSettings> stages) {
        for (int i = 0; i < stages.size(); i++) {
            String ofStage = key + "[" + i + "].training";
            candidate.tuningOf(stages.get(i)).ifPresent(tuning -> requireMemory(structure, ofStage, tuning));
        }
    }

    /** @param key where the budget is set */
    private void requireMemory(Structure structure, String key, StudentSettings.Tuning tuning) {
        int batch = (int) Math.min(tuning.training().batchSize(), data.train().samples());
        int parts = recipe().trainer() instanceof SynchronousTrainer.Settings synchronous
                ? MicroBatches.of(data.train().samples(), batch, structure, tuning.losses(), synchronous.microBatch())
                : 1;
        long most = Pointer.maxBytes() / slots().count();
        recipe().trainer()
                .compute()
                .trainingBytes(structure, (batch + parts - 1) / parts, batch)
                .ifPresent(bytes -> {
                    if (bytes > most) {
                        throw new IllegalArgumentException("its training takes " + (bytes >> 20)
                                + " MiB beside the heap, but a task slot has "
                                + (most >> 20) + " MiB; lower " + key + ".batch-size or limits.macs, or give the"
                                + " process more (-Dorg.bytedeco.javacpp.maxbytes)");
                    }
                });
    }

    /** The quality on the validation rows, greater is better. */
    public double quality(Assessed candidate) {
        return isChosenByLoss() ? -assessment.divergence(candidate) : candidate.score();
    }

    /** The figures on the held-out rows, and the measured latency. */
    public Figures tested(String title, Assessed candidate) {
        return assessment
                .of(title, candidate.network(), candidate.form(), Map.of("producer", "retort"))
                .figures();
    }

    /** Whether nothing can go on, whatever a single training does. */
    public boolean isOver() {
        return scope.spark().sc().isStopped();
    }
}
