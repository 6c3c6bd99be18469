package io.retort.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.retort.data.LabelColumns;
import io.retort.data.View;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.RowSampler;
import io.retort.distill.Trainer;
import io.retort.distill.TrainerSettings;
import io.retort.distill.TrainingSettings;
import io.retort.evaluate.Task;
import io.retort.label.Labeller.LabellingResult;
import io.retort.label.SoftLabels;
import io.retort.network.InputScaling;
import io.retort.network.Network;
import io.retort.plan.LabelNeeds;
import io.retort.plan.NamedData;
import io.retort.plan.Plan;
import io.retort.recipe.DataSettings;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.recipe.StudentSettings;
import io.retort.report.Figures;
import io.retort.report.Report;
import io.retort.report.ScoreUnit;
import io.retort.report.StudentSection;
import io.retort.report.SummarySection;
import io.retort.run.Challenge.ChallengeInputs;
import io.retort.run.DataCheck.RowsByClass;
import io.retort.run.DataStage.RunData;
import io.retort.run.progress.Stopwatch;
import io.retort.run.record.RunContext;
import io.retort.run.record.RunDirectory;
import io.retort.spark.PeakMemory;
import io.retort.storage.Json;
import io.retort.teacher.PlannedTeacher.PlannedNetwork;
import io.retort.teacher.TrainedTeacher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The stages of a run in their order: shards, teacher, soft labels, students and baselines, or one challenger, and the
 * report of them all.
 *
 * <p>Each stage first looks in the store for what it would make, by a fingerprint of all that its result depends on.
 * That is how a second run labels nothing, and how stages that were broken off go on where they were.
 */
final class RunStages {
    private final RunScope scope;
    private final JavaSparkContext spark;
    private final RunContext context;
    private final Recipe recipe;
    private final Optional<Challenge> challenge;
    private final RunDirectory directory;
    private final int replicas;
    private final Stopwatch stopwatch;

    RunStages(RunScope scope, Optional<Challenge> challenge, int replicas) {
        this.scope = scope;
        this.spark = scope.spark();
        this.context = scope.context();
        this.recipe = scope.recipe();
        this.challenge = challenge;
        this.directory = scope.directory();
        this.replicas = replicas;
        this.stopwatch = scope.stopwatch();
    }

    /**
     * What is there before students are.
     *
     * @param data that the teacher learned from
     * @param transfer that students learn from
     */
    private record Ground(
            RunData data,
            RunData transfer,
            InputScaling scaling,
            TrainingStage training,
            LabelStage labels,
            Plan plan,
            TrainedTeacher teacher,
            SoftLabels softLabels) {}

    /** Runs the stages before students. */
    private Ground ground() {
        NamedData named = challenge
                .map(night -> night.data(context, recipe))
                .orElseGet(() -> NamedData.of(context.storage(), recipe));
        named.tell(context.progress()::say, context.progress()::warn);
        DataStage reading = new DataStage(scope, named);
        RunData data = reading.data();
        Dataset train = data.train();
        Dataset test = data.test();
        challenge.ifPresent(night -> night.requireFits(context, train.schema()));
        context.progress().say(RowsByClass.line(train, test));
        new DataCheck(scope).warn(train, test);
        InputScaling scaling = recipe.data().scaling() == DataSettings.Scaling.STANDARDISE
                ? train.standardisation()
                : InputScaling.none(train.schema().shape().channels());

        TrainingStage training = new TrainingStage(scope, trainer(), trainerFingerprint(), context.progress()::say);
        LabelStage labels = new LabelStage(scope, data);
        announceSavedModels();
        Plan plan = Plan.of(recipe, train.schema(), scaling, context.storage());
        if (train.labelled() == 0) {
            LabelNeeds.requireMet(recipe, plan, train.schema().target());
        }
        RunData transfer = reading.transfer(data);
        CalibrationStage.requireRows(recipe, transfer);
        training.warnOfSteps(teacherBudgets(plan), train.labelledRows());
        training.warnOfSteps(studentBudgets(), transfer.train());
        labels.announceTaps(plan.taps());
        TrainedTeacher teacher = plan.teacher().make(new StoredTeacherTrainer(scope, training, labels, train));
        SoftLabels softLabels = labels.label(
                "labels", teacher, plan.labels(recipe, train.schema().shape()));

        return new Ground(data, transfer, scaling, training, labels, plan, teacher, softLabels);
    }

    /** Runs the stages before students, for students that a search proposes. */
    CandidateStage candidates() {
        Ground ground = ground();
        TrainingStage training = new TrainingStage(scope, trainer(), trainerFingerprint(), detail -> {});
        return new CandidateStage(scope, ground.transfer(), ground.scaling(), training, ground.softLabels());
    }

    /** Runs all stages. */
    Report report() {
        if (recipe.students().isEmpty()) {
            context.progress().say("no students: the run ends with its teacher; name some in students to distil it");
        }
        Ground ground = ground();
        RunData data = ground.data();
        RunData transfer = ground.transfer();
        Dataset train = data.train();
        Dataset test = data.test();
        Plan plan = ground.plan();
        TrainingStage training = ground.training();
        TrainedTeacher teacher = ground.teacher();
        SoftLabels softLabels = ground.softLabels();
        Assessment assessment = new Assessment(scope, transfer, softLabels);
        List<View> taught = Plan.taughtViews(recipe, train.schema().shape());
        if (plan.teacher().networks().isEmpty()
                && train.schema().target().isOneClass()
                && !taught.isEmpty()
                && train.labelled() > 0) {
            assessment.warnOfSureness(train, taught.get(0));
        }
        Report.TeacherSection teacherSection = assessment.ofTeacher(teacher);
        RowSampler heldOut = new RowSampler(spark, scope.shards(), test);
        List<Report.ChallengeSection> challenges = new ArrayList<>();
        if (challenge.isPresent()) {
            Assessment judging = data.validation().isPresent()
                    ? new Assessment(scope, transfer.ofChoosing(), softLabels)
                    : assessment;
            challenges.add(challenge
                    .get()
                    .hold(new ChallengeInputs(
                            scope,
                            transfer,
                            heldOut,
                            plan.students().get(recipe.students().get(0).name()),
                            teacher.fingerprint(),
                            new ChallengeInputs.Appraisal(
                                    teacherSection.figures(),
                                    judging.ofTeacher(teacher).figures()),
                            taught,
                            training,
                            softLabels,
                            assessment,
                            judging)));
        }
        StudentStage stage = new StudentStage(
                scope,
                transfer,
                training,
                softLabels,
                assessment,
                new StudentExport(
                        context, test.schema(), heldOut, recipe.trainer().engine(), recipe.export()));
        List<StudentSection> students = challenge.isPresent()
                ? List.of()
                : scope.sideBySide()
                        .all(recipe.students().stream()
                                .flatMap(student -> sections(stage, student, plan, teacher))
                                .toList());
        Map<String, Long> memory = scope.memory().bytes();
        return new Report(
                Report.VERSION,
                recipe.name(),
                directory.run(),
                directory.started(),
                section(transfer),
                teacherSection,
                students,
                summaries(
                        students,
                        teacherSection.figures(),
                        ScoreUnit.of(Task.of(test.schema().target()).score()),
                        test.samples()),
                stopwatch.timings(),
                stopwatch.throughput(),
                stopwatch.slots(),
                cache(ground.labels().total()),
                environment(memory),
                memory,
                challenges,
                List.of(),
                Json.parse(Kinds.canonical().text(recipe), JsonNode.class));
    }

    private Map<String, String> environment(Map<String, Long> memory) {
        Map<String, String> environment = new TreeMap<>(directory.environment());
        if (!stopwatch.engines().isEmpty()) {
            environment.put("engine", stopwatch.engines());
        }
        environment.put("peak-memory", PeakMemory.describe(memory));
        return environment;
    }

    private static List<TrainingSettings> teacherBudgets(Plan plan) {
        return plan.teacher().networks().stream()
                .flatMap(network -> network.training().stream())
                .map(PlannedNetwork.Training::settings)
                .toList();
    }

    private List<TrainingSettings> studentBudgets() {
        return recipe.students().stream()
                .flatMap(student -> student.tunings().stream())
                .map(StudentSettings.Tuning::training)
                .toList();
    }

    /** A student with each of the seeds. */
    private Stream<Supplier<StudentSection>> sections(
            StudentStage stage, StudentSettings student, Plan plan, TrainedTeacher teacher) {
        Optional<Network> start = start(student, plan, teacher);
        return recipe.seeds().stream()
                .map(seed -> () -> stage.section(student, seed, plan.students().get(student.name()), start));
    }

    private static List<SummarySection> summaries(
            List<StudentSection> students, Figures teacher, ScoreUnit unit, long testSamples) {
        return students.stream()
                .collect(Collectors.groupingBy(StudentSection::name, LinkedHashMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(seeds -> SummarySection.of(seeds, teacher, unit, testSamples))
                .toList();
    }

    /** The network where a student begins; nothing where that is drawn. */
    private static Optional<Network> start(StudentSettings student, Plan plan, TrainedTeacher teacher) {
        return student.from()
                .flatMap(from -> from.equals(StudentSettings.TEACHER)
                        ? teacher.network()
                        : Optional.of(plan.saved().get(student.name())));
    }

    private Trainer trainer() {
        return recipe.trainer()
                .create(spark, context.storage(), new Path(context.root(), "store/checkpoints"), replicas);
    }

    private String trainerFingerprint() {
        TrainerSettings trainer = recipe.trainer();
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

    private Report.DatasetSection section(RunData data) {
        Dataset train = data.train();
        Dataset test = data.test();
        double fraction = recipe.data()
                .validation()
                .flatMap(DataSettings.Validation::fraction)
                .orElse(0.0);
        return new Report.DatasetSection(
                train.fingerprint(),
                test.fingerprint(),
                train.samples(),
                train.labelled(),
                test.samples(),
                data.validation()
                        .map(rows -> new Report.ValidationSection(
                                rows.fingerprint(), fraction, rows.samples(), rows.labelled())),
                Task.of(train.schema().target()).score(),
                train.schema().shape().sizes(),
                train.schema().target().kind() == LabelColumns.Kind.EMBEDDING
                        ? train.schema().target().classes()
                        : train.schema().classNames(),
                recipe.data().unseenClasses().orElse(List.of()),
                train.schema().noun(),
                train.schema().hasTexts() ? Map.of("train", train.texts(), "test", test.texts()) : Map.of());
    }
}
