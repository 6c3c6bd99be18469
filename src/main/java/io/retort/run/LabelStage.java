package io.retort.run;

import io.retort.data.View;
import io.retort.data.encode.PrincipalComponents;
import io.retort.data.shard.Dataset;
import io.retort.engine.Tap;
import io.retort.evaluate.Evaluator;
import io.retort.label.Codec;
import io.retort.label.LabelStore;
import io.retort.label.Labeller;
import io.retort.label.Labeller.LabelRequest;
import io.retort.label.Labeller.LabellingResult;
import io.retort.label.SoftLabels;
import io.retort.label.TapCodec;
import io.retort.recipe.Recipe;
import io.retort.recipe.StudentSettings;
import io.retort.report.Report;
import io.retort.run.DataStage.RunData;
import io.retort.run.SideBySide.OneAtATime;
import io.retort.run.progress.Progress;
import io.retort.run.progress.Stopwatch;
import io.retort.run.record.RunContext;
import io.retort.teacher.TrainedTeacher;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Has teachers label what they have not labelled yet. */
final class LabelStage {
    /** Rows to which a reduction of vectors is fitted, at most. */
    private static final int MOST_REDUCED = 10_000;

    /** Their values, which come to the driver. */
    private static final int MOST_VALUES_REDUCED = 16_000_000;

    private final RunScope scope;
    private final RunContext context;
    private final Recipe recipe;
    private final Stopwatch stopwatch;
    private final Dataset train;
    /** Those of the training rows that students learn from. */
    private final Dataset learned;

    private final Dataset test;
    /** None, or one. */
    private final List<Dataset> validation;

    private final OneAtATime teachers = new OneAtATime();
    private LabellingResult total = new LabellingResult(0, 0, 0, Duration.ZERO);

    LabelStage(RunScope scope, RunData data) {
        this.scope = scope;
        this.context = scope.context();
        this.recipe = scope.recipe();
        this.stopwatch = scope.stopwatch();
        this.train = data.source();
        this.learned = data.train();
        this.test = data.test();
        this.validation = data.validation().stream().toList();
    }

    /**
     * Says what taps will take in the store, before anything is spent.
     *
     * @param taps by the student's name
     */
    void announceTaps(Map<String, List<Tap>> taps) {
        for (StudentSettings student : recipe.students()) {
            List<Tap> ofStudent = taps.get(student.name());
            if (!ofStudent.isEmpty()) {
                long bytes = ofStudent.stream()
                        .mapToLong(tap -> new TapCodec(tap).bytes())
                        .sum();
                int views = student.training()
                        .views()
                        .views(recipe.data().viewSeed(), train.schema().shape())
                        .size();
                context.progress()
                        .say("taps of " + student.name() + ": "
                                + ofStudent.stream()
                                        .map(tap -> tap.node() + " " + tap.source() + " as " + tap.shape())
                                        .collect(Collectors.joining(", "))
                                + String.format(
                                        Locale.ROOT,
                                        "; %d bytes a row and view, %.1f MB for %d %s in %d views",
                                        bytes,
                                        bytes * views * train.samples() / 1e6,
                                        train.samples(),
                                        train.schema().noun(),
                                        views));
            }
        }
    }

    /**
     * Labels the training samples as requested, and the validation and held-out samples as they are.
     *
     * @param title of the labels, for people
     */
    SoftLabels label(String title, TrainedTeacher teacher, List<LabelRequest> requests) {
        Labeller labeller = teacher.labeller();
        Codec codec = recipe.labels().codec().codecFor(train.schema().target());
        int width = labeller.width(train.schema().target());
        List<LabelRequest> wanted =
                width > train.schema().classes() && requests.isEmpty() ? List.of(LabelRequest.plain()) : requests;
        scope.directory()
                .use()
                .announce(Stream.concat(Stream.of(LabelRequest.plain()), wanted.stream())
                        .flatMap(request -> labeller.fingerprints().stream()
                                .flatMap(name -> request.sets(name, codec, width).stream()))
                        .map(set -> "store/labels/" + set.name())
                        .toList());
        LabellingResult result =
                teachers.of(labeller.fingerprint(), () -> scope.slots().beside(() -> label(labeller, wanted)));
        context.progress()
                .say(title + ": " + result.labelled() + " shards labelled, " + result.reused() + " reused"
                        + " (a shard counts once for each view)");
        add(result);
        SoftLabels labels = new SoftLabels(
                new LabelStore(context.storage(), context.root()),
                labeller.fingerprint(),
                codec,
                width,
                labeller.taps(),
                List.of());
        return width > train.schema().classes()
                ? labels.reduced(reduction(labels, wanted.get(0).view()))
                : labels;
    }

    /** What makes vectors as short as those of students are to be, found from a sample of rows to learn from. */
    private PrincipalComponents reduction(SoftLabels labels, View view) {
        int width = labels.classes();
        int rows = Math.min(MOST_REDUCED, MOST_VALUES_REDUCED / width);
        Evaluator evaluator = new Evaluator(scope.spark(), scope.shards(), scope.models(), recipe.evaluation());
        float[] vectors = scope.slots()
                .beside(() -> evaluator.taught(learned, labels, view, rows).outputs());
        PrincipalComponents reduction =
                PrincipalComponents.of(vectors, width, train.schema().classes());
        context.progress()
                .say(String.format(
                        Locale.ROOT,
                        "vectors: the %,d values of the teacher's become %,d by principal components of %,d training %s,"
                                + " which keep %.1f %% of their variance",
                        width,
                        reduction.dimension(),
                        vectors.length / width,
                        train.schema().noun(),
                        100 * reduction.kept()));
        return reduction;
    }

    private LabellingResult label(Labeller labeller, List<LabelRequest> requests) {
        long samples = requests.size() * train.samples()
                + Stream.concat(Stream.of(test), validation.stream())
                        .mapToLong(Dataset::samples)
                        .sum();
        LabellingResult result = stopwatch.time(Report.LABELLING, () -> {
            try (Progress.Stage stage =
                    context.progress().begin(Report.LABELLING, train.schema().noun(), samples)) {
                LabellingResult asTheyAre = labeller.label(test, List.of(LabelRequest.plain()), stage::advance);
                for (Dataset rows : validation) {
                    asTheyAre = asTheyAre.plus(labeller.label(rows, List.of(LabelRequest.plain()), stage::advance));
                }
                LabellingResult all = asTheyAre.plus(labeller.label(train, requests, stage::advance));
                stage.skip(samples - all.samples());
                return all;
            }
        });
        stopwatch.count(Report.LABELLING, result.samples());
        if (result.labelled() > 0) {
            labeller.requireUnchanged(test);
        }
        return result;
    }

    private synchronized void add(LabellingResult result) {
        total = total.plus(result);
    }

    /** What all calls together have done. */
    synchronized LabellingResult total() {
        return total;
    }
}
