package io.retort.pipeline;

import io.retort.data.Dataset;
import io.retort.data.ReaderSettings;
import io.retort.data.SparkRowSample;
import io.retort.data.SparkSharding;
import io.retort.data.SparkVocabulary;
import io.retort.distill.SparkTrainer;
import io.retort.distill.SparkTrainerSettings;
import io.retort.distill.TrainingSettings;
import io.retort.network.InputScaling;
import io.retort.network.Network;
import io.retort.network.Vocabulary;
import io.retort.report.Report;
import io.retort.softlabel.LabellingResult;
import io.retort.softlabel.SoftLabels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
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
    private static final int SAMPLES_LOOKED_AT = 1000;

    private final SparkScope scope;
    private final JavaSparkContext spark;
    private final RunContext context;
    private final Recipe recipe;
    private final Optional<Challenge> challenge;
    private final RunDirectory directory;
    private final int replicas;
    private final Stopwatch stopwatch;

    SparkStages(SparkScope scope, Optional<Challenge> challenge, int replicas) {
        this.scope = scope;
        this.spark = scope.spark();
        this.context = scope.context();
        this.recipe = scope.recipe();
        this.challenge = challenge;
        this.directory = scope.directory();
        this.replicas = replicas;
        this.stopwatch = scope.stopwatch();
    }

    /** Runs all stages. */
    Report report() {
        if (recipe.students().isEmpty()) {
            context.progress().say("no students: the run ends with its teacher; name some in students to distil it");
        }
        NamedData named = challenge
                .map(night -> night.data(context, recipe))
                .orElseGet(() -> NamedData.of(context.storage(), recipe));
        named.tell(context.progress());
        Vocabulary vocabulary = vocabulary();
        Dataset train = shard("train", named.settings().train(), vocabulary);
        Dataset test = shard("test", named.settings().test(), vocabulary);
        NamedData.requireSameKind(train.schema(), test.schema());
        challenge.ifPresent(night -> night.requireFits(context, train.schema()));
        context.progress().say(RowsByClass.line(train, test));
        new SparkDataCheck(scope).warn(train, test);
        InputScaling scaling = recipe.data().scaling() == DataSettings.Scaling.STANDARDISE
                ? train.standardisation()
                : InputScaling.none(train.schema().shape().channels());

        SparkTrainingStage training = new SparkTrainingStage(scope, trainer(), trainerFingerprint());
        SparkLabelStage labels = new SparkLabelStage(scope, train, test);
        announceSavedModels();
        Plan plan = Plan.of(recipe, train.schema(), scaling, context.storage());
        training.warnOfSteps(budgets(plan), train);
        labels.announceTaps(plan.taps());
        ReadyTeacher teacher = plan.teacher().make(new SparkTeacherWorkshop(scope, training, labels, train));
        SoftLabels softLabels = labels.label(
                "labels", teacher, plan.labels(recipe, train.schema().shape()));

        SparkAssessment assessment = new SparkAssessment(scope, test, softLabels);
        Report.TeacherSection teacherSection = assessment.ofTeacher(teacher);
        SparkRowSample heldOut = new SparkRowSample(spark, scope.shards(), test);
        List<Report.ChallengeSection> challenges = new ArrayList<>();
        if (challenge.isPresent()) {
            challenges.add(challenge
                    .get()
                    .hold(new ChallengeInputs(
                            scope,
                            train,
                            test,
                            heldOut,
                            plan.students().get(recipe.students().get(0).name()),
                            teacher.fingerprint(),
                            teacherSection.figures(),
                            Plan.taughtViews(recipe, train.schema().shape()),
                            training,
                            softLabels,
                            assessment)));
        }
        SparkStudentStage stage = new SparkStudentStage(
                scope, train, training, softLabels, assessment, new StudentExport(context, test.schema(), heldOut));
        List<Report.StudentSection> students = challenge.isPresent()
                ? List.of()
                : scope.sideBySide()
                        .all(recipe.students().stream()
                                .flatMap(student -> sections(stage, student, plan, teacher))
                                .toList());
        return new Report(
                Report.VERSION,
                recipe.name(),
                directory.run(),
                directory.started(),
                section(train, test),
                teacherSection,
                students,
                summaries(students, teacherSection.figures(), test.samples()),
                stopwatch.timings(),
                stopwatch.throughput(),
                stopwatch.slots(),
                cache(labels.total()),
                directory.environment(),
                challenges,
                List.of(),
                RunJson.tree(Kinds.canonical().text(recipe)));
    }

    /** What all networks are trained with, in the recipe's order. */
    private List<TrainingSettings> budgets(Plan plan) {
        return Stream.concat(
                        plan.teacher().networks().stream()
                                .flatMap(network -> network.training().stream())
                                .map(PlannedNetwork.Training::settings),
                        recipe.students().stream()
                                .flatMap(student -> student.tunings().stream())
                                .map(StudentSettings.Tuning::training))
                .toList();
    }

    /** A student with each of the seeds. */
    private Stream<Supplier<Report.StudentSection>> sections(
            SparkStudentStage stage, StudentSettings student, Plan plan, ReadyTeacher teacher) {
        Optional<Network> start = start(student, plan, teacher);
        return recipe.seeds().stream()
                .map(seed -> () -> stage.section(student, seed, plan.students().get(student.name()), start));
    }

    private static List<Report.SummarySection> summaries(
            List<Report.StudentSection> students, Report.Figures teacher, long testSamples) {
        return students.stream()
                .collect(Collectors.groupingBy(Report.StudentSection::name, LinkedHashMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(seeds -> Report.SummarySection.of(seeds, teacher, testSamples))
                .toList();
    }

    /** The network where a student begins; nothing where that is drawn. */
    private static Optional<Network> start(StudentSettings student, Plan plan, ReadyTeacher teacher) {
        return student.from()
                .flatMap(from -> from.equals(StudentSettings.TEACHER)
                        ? teacher.network()
                        : Optional.of(plan.saved().get(student.name())));
    }

    /** That of the training texts, for both kinds of samples. */
    private Vocabulary vocabulary() {
        if (!recipe.data().hasTexts()) {
            return Vocabulary.none();
        }
        Vocabulary vocabulary = stopwatch.time(
                "vocabulary",
                () -> new SparkVocabulary(spark, context.storage(), context.root())
                        .of(recipe.data().train(), directory.use()));
        context.progress()
                .say("vocabulary: " + vocabulary.tokens().size() + " tokens, and ids for padding and unknown ones");
        return vocabulary;
    }

    private Dataset shard(String role, ReaderSettings reader, Vocabulary vocabulary) {
        Dataset dataset = stopwatch.time(
                "shard " + role,
                () -> new SparkSharding(spark, context.storage(), context.root())
                        .shard(reader, recipe.data().samplesPerShard(), vocabulary, directory.use()));
        context.progress()
                .say(role + ": " + dataset.samples() + " " + dataset.schema().noun() + " in "
                        + dataset.shards().size() + " shards");
        reader.reader()
                .rounded(context.storage(), SAMPLES_LOOKED_AT)
                .ifPresent(sentence -> context.progress().warn(sentence));
        return dataset;
    }

    private SparkTrainer trainer() {
        return recipe.trainer()
                .create(spark, context.storage(), new Path(context.root(), "store/checkpoints"), replicas);
    }

    private String trainerFingerprint() {
        SparkTrainerSettings trainer = recipe.trainer();
        return Kinds.canonical().address((Record) trainer.identity()) + (trainer.dependsOnReplicas() ? replicas : "");
    }

    /** The runs that left them are kept as long as this one. */
    private void announceSavedModels() {
        directory
                .use()
                .announce(recipe.saved().stream()
                        .flatMap(saved -> context.storage().below(context.root(), new Path(saved.path())).stream())
                        .toList());
    }

    private static Report.CacheSection cache(LabellingResult labelled) {
        return new Report.CacheSection(labelled.shards(), labelled.labelled(), labelled.reused());
    }

    private Report.DatasetSection section(Dataset train, Dataset test) {
        return new Report.DatasetSection(
                train.fingerprint(),
                test.fingerprint(),
                train.samples(),
                test.samples(),
                train.schema().shape().sizes(),
                train.schema().classNames(),
                train.schema().noun(),
                train.schema().hasTexts() ? Map.of("train", train.texts(), "test", test.texts()) : Map.of());
    }
}
