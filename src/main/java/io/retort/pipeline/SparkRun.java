package io.retort.pipeline;

import io.retort.data.Dataset;
import io.retort.data.ReaderSettings;
import io.retort.data.Schema;
import io.retort.data.ShardStore;
import io.retort.data.SparkSharding;
import io.retort.data.View;
import io.retort.distill.SparkTrainer;
import io.retort.distill.loss.LossSettings;
import io.retort.engine.onnx.OnnxModel;
import io.retort.network.InputScaling;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.Structure;
import io.retort.report.HtmlReport;
import io.retort.report.Report;
import io.retort.softlabel.LabelStore;
import io.retort.softlabel.LabellingResult;
import io.retort.softlabel.SoftLabels;
import io.retort.softlabel.SparkLabelling;
import io.retort.storage.ArtifactException;
import io.retort.storage.LostArtifactException;
import io.retort.storage.StoreUse;
import io.retort.teacher.NetworkTeacher;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Executes a recipe: shards, teacher, soft labels, students and baselines, evaluation, export, report.
 *
 * <p>Each stage first looks in the store for what it would make, by a fingerprint of all that its result depends on. That is how a second run
 * labels nothing, and how a run that was killed goes on when it is started again.
 */
public final class SparkRun {
    private static final Duration BETWEEN_LINES_OF_THE_LOG = Duration.ofSeconds(30);

    /** How often a run begins again because its store lost something; a disk that loses more is not to be used. */
    private static final int MOST_MENDINGS = 3;

    private final JavaSparkContext spark;
    private final RunContext context;
    private final Recipe recipe;
    private final Optional<SparkChallenge> challenge;
    private final RunLog log;
    private final Stopwatch stopwatch;
    private final ShardStore shards;
    private final LabelStore labels;

    public SparkRun(JavaSparkContext spark, RunContext context, Recipe recipe) {
        this(spark, context, recipe, Optional.empty());
    }

    /** @param challenge what becomes of the recipe's only student, where it is not trained for its own sake */
    SparkRun(JavaSparkContext spark, RunContext context, Recipe recipe, Optional<SparkChallenge> challenge) {
        this.spark = spark;
        this.log = new RunLog(context.storage(), context.clock());
        Progress logged = new ProgressLines(log::say, context.clock(), BETWEEN_LINES_OF_THE_LOG);
        this.context = new RunContext(
                context.storage(), context.root(), context.clock(), new ProgressTee(context.progress(), logged));
        this.recipe = recipe;
        this.challenge = challenge;
        this.stopwatch = new Stopwatch(context.clock());
        this.shards = new ShardStore(context.storage(), context.root());
        this.labels = new LabelStore(context.storage(), context.root());
    }

    /**
     * What a run left.
     *
     * @param directory of the run, or of an earlier one with the same result
     */
    public record Result(Path directory, Report report, Work work) {}

    /** Whether a run had something to do. */
    public enum Work {
        /** Something was labelled, trained or measured. */
        DONE,
        /** All was in the store, and the run's directory was made of it. */
        ALL_REUSED,
        /** An earlier run has the result already; no directory was made. */
        NONE
    }

    /**
     * Runs all stages. What fails is written in the manifest and in the run's log.
     *
     * @throws RunFailedException with what failed as its cause
     */
    public Result execute() {
        int replicas = recipe.trainer().replicas().orElseGet(spark::defaultParallelism);
        String key = challenge.map(SparkChallenge::key).orElseGet(() -> key(replicas));
        Optional<EarlierRun> earlier =
                challenge.isPresent() ? Optional.empty() : EarlierRun.find(context, recipe.name(), key);
        if (earlier.isPresent()) {
            return new Result(earlier.get().directory(), earlier.get().report(), Work.NONE);
        }
        RunDirectory directory = RunDirectory.create(context, recipe, SparkEnvironment.of(spark, replicas), key);
        log.keepIn(directory.file("log"));
        directory.environment().forEach((name, value) -> log.note(name + ": " + value));
        LoggedEvents events = LoggedEvents.to(log::note);
        try {
            Report report = mended(() -> stages(directory, replicas));
            directory.writeJson("report.json", report);
            directory.writeText("report.html", HtmlReport.of(report));
            directory.done();
            log.say("done");
            return new Result(directory.path(), report, work(directory, report));
        } catch (RuntimeException | Error e) {
            log.failed(e);
            RunFailedException failure = new RunFailedException(e, directory.file("log"));
            try {
                directory.failed(RunFailedException.messageOf(e));
            } catch (RuntimeException unwritable) {
                failure.addSuppressed(unwritable); // a full disk, say, which is what failed the run
            }
            throw failure;
        } finally {
            events.close();
            directory.close();
        }
    }

    /** What keeps the key from being found out fails the run's stages too, which have a log to tell it in; until then no run has the key. */
    private String key(int replicas) {
        try {
            return EarlierRun.key(context, recipe, replicas);
        } catch (ArtifactException | IllegalArgumentException | UncheckedIOException e) {
            return "";
        }
    }

    private Work work(RunDirectory directory, Report report) {
        boolean reused = directory.trainedNothing()
                && report.cache().labelled() == 0
                && !report.timings().containsKey("evaluate");
        return reused ? Work.ALL_REUSED : Work.DONE;
    }

    /** Where the store has lost something, the stages begin again: they make what is missing, and use what is there. */
    private Report mended(Supplier<Report> stages) {
        for (int mendings = 0; ; mendings++) {
            try {
                return stages.get();
            } catch (LostArtifactException e) {
                if (mendings == MOST_MENDINGS) {
                    throw e;
                }
                context.progress().say("the stages begin again, since " + e.getMessage());
            }
        }
    }

    private Report stages(RunDirectory directory, int replicas) {
        if (recipe.students().isEmpty()) {
            context.progress().say("no students: the run ends with its teacher; name some in students to distil it");
        }
        Dataset train = shard("train", recipe.data().train(), directory.use());
        Dataset test = shard("test", recipe.data().test(), directory.use());
        requireSameSchema(train.schema(), test.schema());
        InputScaling scaling = recipe.data().scaling() == DataSettings.Scaling.STANDARDISE
                ? train.standardisation()
                : InputScaling.none(train.schema().shape().channels());

        SparkTrainingStage training = new SparkTrainingStage(
                context, shards, trainer(replicas), trainerFingerprint(replicas), stopwatch, directory);
        Plan plan = Plan.of(recipe, train.schema(), scaling);
        Network teacher = teacher((NetworkTeacherSettings) recipe.teacher(), plan, training, train, directory.use());
        byte[] teacherOnnx = OnnxModel.bytes(teacher, train.schema().classNames(), Map.of("producer", "retort"));
        NetworkTeacher.Source source = new NetworkTeacher.Source(teacherOnnx);
        SoftLabels softLabels = new SoftLabels(
                labels,
                source.fingerprint(),
                recipe.labels().codec().codec(),
                train.schema().classes());
        LabellingResult labelled = label(train, test, source, directory.use());

        SparkAssessment assessment =
                new SparkAssessment(spark, context, recipe, shards, test, softLabels, stopwatch, directory.use());
        Report.Figures teacherFigures = assessment.ofTeacher(teacher, teacherOnnx);
        List<Report.StudentSection> students = new ArrayList<>();
        List<Report.ChallengeSection> challenges = new ArrayList<>();
        if (challenge.isPresent()) {
            challenges.add(challenge
                    .get()
                    .hold(new SparkChallenge.Arena(
                            context,
                            recipe,
                            shards,
                            train,
                            test,
                            plan.students().get(recipe.students().get(0).name()),
                            teacher,
                            teacherFigures,
                            Plan.taughtViews(recipe, train.schema().shape()),
                            training,
                            softLabels,
                            assessment,
                            directory)));
        }
        for (StudentSettings student : challenge.isPresent() ? List.<StudentSettings>of() : recipe.students()) {
            for (long seed : recipe.seeds()) {
                students.add(student(
                        student,
                        seed,
                        plan.students().get(student.name()),
                        training,
                        train,
                        test,
                        softLabels,
                        assessment,
                        directory));
            }
        }
        return new Report(
                Report.VERSION,
                recipe.name(),
                directory.run(),
                directory.started(),
                section(train, test),
                new Report.TeacherSection(
                        recipe.teacher().title(),
                        NetworkFiles.fingerprint(teacher),
                        teacherFigures.accuracy(),
                        teacherFigures.parameters(),
                        teacherFigures.macs(),
                        teacherFigures.bytes(),
                        teacherFigures),
                students,
                students.isEmpty() ? List.of() : Summaries.of(recipe, students, teacherFigures, test.samples()),
                stopwatch.timings(),
                stopwatch.throughput(),
                new Report.CacheSection(labelled.shards(), labelled.labelled(), labelled.reused()),
                directory.environment(),
                challenges);
    }

    private Dataset shard(String role, ReaderSettings reader, StoreUse use) {
        Dataset dataset = stopwatch.time(
                "shard " + role,
                () -> new SparkSharding(spark, context.storage(), context.root())
                        .shard(reader, recipe.data().samplesPerShard(), use));
        context.progress()
                .say(role + ": " + dataset.samples() + " samples in "
                        + dataset.shards().size() + " shards");
        return dataset;
    }

    private static void requireSameSchema(Schema train, Schema test) {
        String where = "data.train and data.test must hold samples of one kind, but have ";
        if (!train.shape().equals(test.shape())) {
            throw new IllegalArgumentException(where + "the shapes " + train.shape() + " and " + test.shape());
        }
        if (train.element() != test.element()) {
            throw new IllegalArgumentException(where + "the types " + train.element() + " and " + test.element()
                    + "; csv and parquet take a type by element");
        }
        if (train.classes() != test.classes()) {
            throw new IllegalArgumentException(where + train.classes() + " and " + test.classes() + " classes");
        }
        for (int c = 0; c < train.classes(); c++) {
            String name = train.classNames().get(c);
            if (!name.equals(test.classNames().get(c))) {
                throw new IllegalArgumentException(where + "different class-names: class " + c + " is '" + name
                        + "' and '" + test.classNames().get(c) + "'");
            }
        }
    }

    private SparkTrainer trainer(int replicas) {
        return recipe.trainer()
                .create(spark, context.storage(), new Path(context.root(), "store/checkpoints"), replicas);
    }

    private String trainerFingerprint(int replicas) {
        return Kinds.canonical().text((Record) recipe.trainer()) + replicas;
    }

    private Network teacher(
            NetworkTeacherSettings settings, Plan plan, SparkTrainingStage training, Dataset train, StoreUse use) {
        if (settings.from().isPresent()) {
            Path from = new Path(settings.from().get());
            context.storage().below(context.root(), from).ifPresent(path -> use.announce(List.of(path)));
            Network saved = NetworkFiles.read(context.storage(), from);
            if (!saved.structure().input().equals(train.schema().shape())
                    || saved.structure().classes() != train.schema().classes()) {
                throw new IllegalArgumentException("teacher.from: the saved network takes "
                        + saved.structure().input() + " and knows "
                        + saved.structure().classes()
                        + " classes, the data has " + train.schema().shape() + " and "
                        + train.schema().classes());
            }
            return saved;
        }
        return training.train(
                new SparkTrainingStage.Assignment(
                        "teacher",
                        plan.teacher().orElseThrow(),
                        settings.training(),
                        settings.losses(),
                        Optional.empty(),
                        recipe.data().viewSeed(),
                        settings.seed(),
                        Optional.empty()),
                train);
    }

    /** Labels the views that students train on, and the test samples as they are. */
    private LabellingResult label(Dataset train, Dataset test, NetworkTeacher.Source teacher, StoreUse use) {
        List<View> views = Plan.taughtViews(recipe, train.schema().shape());
        long total = views.size() * train.samples() + test.samples();
        List<View> all = Stream.concat(Stream.of(View.plain()), views.stream()).toList();
        use.announce(SparkLabelling.sets(train, teacher, all, recipe.labels().codec()).stream()
                .map(set -> "store/labels/" + set.name())
                .toList());
        SparkLabelling labelling = new SparkLabelling(spark, context.storage(), context.root());
        LabellingResult result = stopwatch.time("label", () -> {
            try (Progress.Stage stage = context.progress().begin("label", "images", total)) {
                LabellingResult ofTest =
                        labelling.label(test, teacher, List.of(View.plain()), recipe.labels(), stage::advance);
                LabellingResult ofTrain = labelling.label(train, teacher, views, recipe.labels(), stage::advance);
                return ofTest.plus(ofTrain);
            }
        });
        stopwatch.count("label", result.samples());
        if (result.labelled() > 0) {
            labelling.requireUnchanged(test, teacher, recipe.labels());
        }
        context.progress()
                .say("labels: " + result.labelled() + " shards labelled, " + result.reused() + " reused"
                        + " (a shard counts once for each view)");
        return result;
    }

    private Report.StudentSection student(
            StudentSettings student,
            long seed,
            Structure structure,
            SparkTrainingStage training,
            Dataset train,
            Dataset test,
            SoftLabels softLabels,
            SparkAssessment assessment,
            RunDirectory directory) {
        String title = student.name() + " seed " + seed;
        Network distilled = training.train(
                assignment(title, structure, student, student.losses(), Optional.of(softLabels), seed), train);
        Network baseline = training.train(
                assignment(title + " baseline", structure, student, student.baselineLosses(), Optional.empty(), seed),
                train);
        SparkAssessment.Assessed assessed = assessment.of(title, distilled, provenance(student, seed));
        Report.Figures baselineFigures = assessment
                .of(title + " baseline", baseline, Map.of("producer", "retort"))
                .figures();
        Report.ExportSection export = stopwatch.time(
                "export",
                () -> new StudentExport(context, shards, test)
                        .write(assessed, directory, "student-" + student.name() + "-seed" + seed));
        return new Report.StudentSection(
                student.name(),
                seed,
                List.of(new Report.StageSection("distill", assessed.figures())),
                baselineFigures,
                assessed.figures().accuracy() - baselineFigures.accuracy(),
                export);
    }

    private SparkTrainingStage.Assignment assignment(
            String title,
            Structure structure,
            StudentSettings student,
            List<LossSettings> losses,
            Optional<SoftLabels> softLabels,
            long seed) {
        return new SparkTrainingStage.Assignment(
                title,
                structure,
                student.training(),
                losses,
                softLabels,
                recipe.data().viewSeed(),
                seed,
                Optional.empty());
    }

    /** Nothing that differs from run to run: the same student is the same bytes. */
    private Map<String, String> provenance(StudentSettings student, long seed) {
        return Map.of(
                "producer", "retort",
                "recipe", recipe.name(),
                "student", student.name(),
                "seed", Long.toString(seed));
    }

    private Report.DatasetSection section(Dataset train, Dataset test) {
        return new Report.DatasetSection(
                train.fingerprint(),
                test.fingerprint(),
                train.samples(),
                test.samples(),
                train.schema().shape().sizes(),
                train.schema().classNames());
    }
}
