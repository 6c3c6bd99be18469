package io.retort.pipeline;

import io.retort.compress.SparkCalibration;
import io.retort.data.Dataset;
import io.retort.data.ReaderSettings;
import io.retort.data.Schema;
import io.retort.data.ShardStore;
import io.retort.data.SparkSharding;
import io.retort.data.View;
import io.retort.distill.SparkTrainer;
import io.retort.engine.Tap;
import io.retort.engine.onnx.OnnxModel;
import io.retort.network.InputScaling;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.report.Report;
import io.retort.softlabel.LabelStore;
import io.retort.softlabel.LabellingResult;
import io.retort.softlabel.SoftLabels;
import io.retort.softlabel.SparkLabelling;
import io.retort.teacher.NetworkTeacher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The stages of a run in their order: shards, teacher, soft labels, students and baselines, or one challenger, and the report of them all.
 *
 * <p>Each stage first looks in the store for what it would make, by a fingerprint of all that its result depends on. That is how a second run
 * labels nothing, and how stages that were broken off go on where they were.
 */
final class SparkStages {
    private final JavaSparkContext spark;
    private final RunContext context;
    private final Recipe recipe;
    private final Optional<SparkChallenge> challenge;
    private final RunDirectory directory;
    private final int replicas;
    private final Stopwatch stopwatch;
    private final ShardStore shards;

    SparkStages(
            JavaSparkContext spark,
            RunContext context,
            Recipe recipe,
            Optional<SparkChallenge> challenge,
            RunDirectory directory,
            int replicas,
            Stopwatch stopwatch) {
        this.spark = spark;
        this.context = context;
        this.recipe = recipe;
        this.challenge = challenge;
        this.directory = directory;
        this.replicas = replicas;
        this.stopwatch = stopwatch;
        this.shards = new ShardStore(context.storage(), context.root());
    }

    /** Runs all stages. */
    Report report() {
        if (recipe.students().isEmpty()) {
            context.progress().say("no students: the run ends with its teacher; name some in students to distil it");
        }
        Dataset train = shard("train", recipe.data().train());
        Dataset test = shard("test", recipe.data().test());
        requireSameSchema(train.schema(), test.schema());
        InputScaling scaling = recipe.data().scaling() == DataSettings.Scaling.STANDARDISE
                ? train.standardisation()
                : InputScaling.none(train.schema().shape().channels());

        SparkTrainingStage training =
                new SparkTrainingStage(context, shards, trainer(), trainerFingerprint(), stopwatch, directory);
        Plan plan = Plan.of(recipe, train.schema(), scaling);
        SparkTapStage tapStage = new SparkTapStage(spark, context, recipe, directory, stopwatch);
        plan.teacher().ifPresent(structure -> tapStage.foretell(train, plan.taps(recipe, structure)));
        Network teacher = teacher((NetworkTeacherSettings) recipe.teacher(), plan, training, train);
        Map<String, List<Tap>> taps = plan.taps(recipe, teacher.structure());
        if (plan.teacher().isEmpty()) {
            tapStage.foretell(train, taps);
        }
        byte[] teacherOnnx = OnnxModel.bytes(teacher, train.schema().classNames(), Map.of("producer", "retort"));
        NetworkTeacher.Source source = new NetworkTeacher.Source(teacherOnnx);
        SoftLabels softLabels = new SoftLabels(
                new LabelStore(context.storage(), context.root()),
                source.fingerprint(),
                recipe.labels().codec().codec(),
                train.schema().classes(),
                teacher.structure().taps());
        LabellingResult labelled = label(train, test, source);
        tapStage.label(train, teacher, source.fingerprint(), taps);

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
        SparkStudentStage stage = new SparkStudentStage(
                recipe,
                train,
                training,
                softLabels,
                assessment,
                new SparkCompressionStages(
                        context,
                        recipe,
                        train,
                        training,
                        softLabels,
                        assessment,
                        new SparkCalibration(spark, shards, train),
                        stopwatch),
                new StudentExport(context, shards, test),
                stopwatch,
                directory);
        for (StudentSettings student : challenge.isPresent() ? List.<StudentSettings>of() : recipe.students()) {
            for (long seed : recipe.seeds()) {
                students.add(stage.section(student, seed, plan.students().get(student.name())));
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

    private Dataset shard(String role, ReaderSettings reader) {
        Dataset dataset = stopwatch.time(
                "shard " + role,
                () -> new SparkSharding(spark, context.storage(), context.root())
                        .shard(reader, recipe.data().samplesPerShard(), directory.use()));
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

    private SparkTrainer trainer() {
        return recipe.trainer()
                .create(spark, context.storage(), new Path(context.root(), "store/checkpoints"), replicas);
    }

    private String trainerFingerprint() {
        return Kinds.canonical().text((Record) recipe.trainer()) + replicas;
    }

    private Network teacher(NetworkTeacherSettings settings, Plan plan, SparkTrainingStage training, Dataset train) {
        if (settings.from().isPresent()) {
            Path from = new Path(settings.from().get());
            context.storage()
                    .below(context.root(), from)
                    .ifPresent(path -> directory.use().announce(List.of(path)));
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
                        Optional.empty(),
                        Mask.none()),
                train);
    }

    /** Labels the views that students train on, and the test samples as they are. */
    private LabellingResult label(Dataset train, Dataset test, NetworkTeacher.Source teacher) {
        List<View> views = Plan.taughtViews(recipe, train.schema().shape());
        long total = views.size() * train.samples() + test.samples();
        List<View> all = Stream.concat(Stream.of(View.plain()), views.stream()).toList();
        directory
                .use()
                .announce(
                        SparkLabelling.sets(train, teacher, all, recipe.labels().codec()).stream()
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
