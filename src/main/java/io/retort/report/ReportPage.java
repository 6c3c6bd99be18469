package io.retort.report;

import io.retort.report.Report.ChallengeSection;
import io.retort.report.Report.Contender;
import io.retort.report.Report.PartSection;
import io.retort.report.StudentSection.StageSection;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The model of {@code report.html} beside the report itself: charts, confusion matrices, the recipe, times. */
public final class ReportPage {
    private static final String TEACHER = "teacher";
    private static final String STUDENT = "student";
    private static final String BASELINE = "baseline";
    private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** More stages would be written over each other. */
    private static final int MAX_NAMED_STAGES = 4;

    private final Report report;

    ReportPage(Report report) {
        this.report = report;
    }

    /**
     * A picture with its legend.
     *
     * @param legend what each colour is
     */
    public record Picture(String title, List<Entry> legend, LossChart chart) {}

    /** A colour of a picture. */
    public record Entry(String style, String text) {}

    /**
     * The confusion of a network, or of a student: the mean over its seeds, and each of them.
     *
     * @param each none where there is one seed
     */
    public record Confusions(ConfusionTable whole, List<ConfusionTable> each) {}

    /** The training curves of the teacher, of each student beside its baseline, of fine-tunings, and of challengers. */
    public List<Picture> pictures() {
        List<Picture> pictures = new ArrayList<>();
        add(pictures, "Teacher", teachers());
        for (String name : studentNames()) {
            List<StudentSection> seeds = seeds(name);
            List<LossChart.Series> lines = new ArrayList<>();
            seeds.forEach(seed -> lines.add(new LossChart.Series(
                    STUDENT, seed.stages().get(seed.distillation()).curves())));
            seeds.forEach(seed -> lines.add(new LossChart.Series(BASELINE, seed.baselineCurves())));
            String title = "Student " + name + " and its baseline";
            add(pictures, seeds.size() == 1 ? title : title + ", " + seeds.size() + " seeds", lines);
            addFineTunings(pictures, name, seeds);
        }
        for (ChallengeSection challenge : report.challenges()) {
            add(pictures, "Challenger", List.of(new LossChart.Series(STUDENT, challenge.curves())));
        }
        return pictures;
    }

    /** Probabilities beside the shares of rows that are right. */
    public List<PointChart> reliability() {
        return AnswerCharts.reliability(report);
    }

    /** How far off predicted numbers are. */
    public List<PointChart> residuals() {
        return AnswerCharts.residuals(report);
    }

    /** Each class with the teacher and with each student; nothing where there are none. */
    public Optional<ClassComparison> classes() {
        return ClassComparison.of(report);
    }

    /** The layers of each exported student. */
    public List<LayerTable> layers() {
        return LayerTable.of(report);
    }

    /** The first seed of each student of which there are rows that it and the teacher name different classes of. */
    public List<StudentSection> disagreeing() {
        return studentNames().stream()
                .map(name -> seeds(name).get(0))
                .filter(student -> !student.disagreements().isEmpty())
                .toList();
    }

    /** The name of a class; a dash of a row without label. */
    public String className(int index) {
        return index < 0 ? "–" : report.dataset().classes().get(index);
    }

    /** The score of each network by its costs. */
    public List<CostChart> costs() {
        return CostChart.of(report);
    }

    /** Of the teacher, and of each student with its baseline. */
    public List<Confusions> confusions() {
        List<Confusions> found = new ArrayList<>();
        if (!report.hasClasses()) {
            return found;
        }
        found.add(confusion("the teacher", List.of(report.teacher().figures()), List.of()));
        for (String name : studentNames()) {
            List<StudentSection> seeds = seeds(name);
            List<String> each =
                    seeds.stream().map(seed -> ", seed " + seed.seed()).toList();
            found.add(confusion(
                    name, seeds.stream().map(StudentSection::distilled).toList(), each));
            List<Figures> baselines =
                    seeds.stream().flatMap(seed -> seed.baseline().stream()).toList();
            if (!baselines.isEmpty()) {
                found.add(confusion(name + "'s baseline", baselines, each));
            }
        }
        return found;
    }

    /** Of those who took part in a challenge, side by side; none in reports of version 1. */
    public List<ConfusionTable> confusions(ChallengeSection challenge) {
        return challenge.contenders().stream()
                .filter(contender -> !contender.figures().isEmpty())
                .map(this::confusion)
                .toList();
    }

    /** The recipe with all defaults; empty in reports of version 1. */
    public String recipe() {
        return report.recipe().isMissingNode() ? "" : report.recipe().toPrettyString();
    }

    /** How many training samples had a label, where not all had one. */
    public String labels() {
        return report.dataset().labels().map(sentence -> sentence + ".").orElse("");
    }

    /** What is left of the teacher's vectors in those of students; none where networks give no vectors. */
    public List<String> vectors() {
        return VectorLines.of(report);
    }

    /** On what samples anything was chosen. */
    public String choosing() {
        String sentence = report.dataset().choosing();
        return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1) + ".";
    }

    public String time(double seconds) {
        return Amounts.duration(seconds);
    }

    /** {@code 2026-01-01 12:34:56 UTC}. */
    public String started() {
        try {
            return MINUTES.format(Instant.parse(report.started()));
        } catch (DateTimeException e) {
            return report.started();
        }
    }

    private List<LossChart.Series> teachers() {
        return Stream.concat(
                        Stream.of(report.teacher().curves()),
                        report.teacher().parts().stream().map(PartSection::curves))
                .map(curves -> new LossChart.Series(TEACHER, curves))
                .toList();
    }

    private static void addFineTunings(List<Picture> pictures, String name, List<StudentSection> seeds) {
        List<LossChart.Series> lines = seeds.stream()
                .map(seed -> new LossChart.Series(
                        STUDENT,
                        seed.stages().stream()
                                .filter(stage -> !stage.kind().equals(StageSection.DISTILL))
                                .flatMap(stage -> stage.curves().stream())
                                .toList()))
                .toList();
        int before = pictures.size();
        add(pictures, "Fine-tunings of " + name, lines);
        if (pictures.size() > before) {
            List<StageSection> stages = seeds.get(0).stages();
            List<Integer> tuned = IntStream.range(0, stages.size())
                    .filter(i -> !stages.get(i).kind().equals(StageSection.DISTILL)
                            && !stages.get(i).curves().isEmpty())
                    .boxed()
                    .toList();
            pictures.get(before)
                    .chart()
                    .marking(
                            tuned.stream()
                                    .map(i -> (i + 1)
                                            + (tuned.size() > MAX_NAMED_STAGES
                                                    ? ""
                                                    : " " + stages.get(i).kind()))
                                    .toList(),
                            tuned.stream()
                                    .map(i -> stages.get(i).curves().stream()
                                            .mapToInt(CurveSection::epochs)
                                            .sum())
                                    .toList());
        }
    }

    private static void add(List<Picture> pictures, String title, List<LossChart.Series> lines) {
        List<LossChart.Series> drawn =
                lines.stream().filter(line -> line.epochs() > 0).toList();
        if (!drawn.isEmpty()) {
            List<Entry> legend = drawn.stream()
                    .flatMap(line -> line.curves().stream()
                            .map(curve -> new Entry(line.style(), line.style() + ": " + curve.objective())))
                    .distinct()
                    .toList();
            pictures.add(new Picture(title, legend, new LossChart(drawn)));
        }
    }

    private ConfusionTable confusion(Contender contender) {
        return new ConfusionTable(
                contender.name(),
                report.dataset().classes(),
                contender.figures().stream().map(Figures::confusion).toList());
    }

    private Confusions confusion(String title, List<Figures> seeds, List<String> names) {
        List<String> classes = report.dataset().classes();
        if (seeds.size() == 1) {
            String only = title + (names.isEmpty() ? "" : names.get(0));
            return new Confusions(
                    new ConfusionTable(only, classes, List.of(seeds.get(0).confusion())), List.of());
        }
        List<ConfusionTable> each = new ArrayList<>();
        for (int i = 0; i < seeds.size(); i++) {
            each.add(new ConfusionTable(
                    title + names.get(i), classes, List.of(seeds.get(i).confusion())));
        }
        return new Confusions(
                new ConfusionTable(
                        title + ", mean of " + seeds.size() + " seeds",
                        classes,
                        seeds.stream().map(Figures::confusion).toList()),
                each);
    }

    private Collection<String> studentNames() {
        return report.students().stream().map(StudentSection::name).distinct().toList();
    }

    private List<StudentSection> seeds(String name) {
        return report.students().stream()
                .filter(student -> student.name().equals(name))
                .toList();
    }

    /**
     * How each class fares with the teacher and with each student.
     *
     * @param students their titles
     */
    public record ClassComparison(List<String> students, List<Row> rows) {
        /**
         * A class.
         *
         * @param held how many held-out rows are of it
         * @param teacher its F1 in percent
         * @param students likewise, in their order
         */
        public record Row(String name, long held, String teacher, List<Beside> students) {}

        /**
         * A student's.
         *
         * @param toTeacher the F1 less the teacher's, in points
         */
        public record Beside(String f1, String toTeacher) {}

        /** Nothing where there are no classes or no students. */
        static Optional<ClassComparison> of(Report report) {
            List<OverSeeds.OfClass> teacher =
                    OverSeeds.alone(report.teacher().figures()).classes();
            if (teacher.isEmpty() || report.students().isEmpty()) {
                return Optional.empty();
            }
            List<String> names = report.students().stream()
                    .map(StudentSection::name)
                    .distinct()
                    .toList();
            List<List<OverSeeds.OfClass>> students =
                    names.stream().map(name -> report.overSeeds(name).classes()).toList();
            return Optional.of(new ClassComparison(
                    names,
                    IntStream.range(0, teacher.size())
                            .mapToObj(c -> new Row(
                                    report.dataset().classes().get(c),
                                    teacher.get(c).rows(),
                                    teacher.get(c).f1(),
                                    students.stream()
                                            .map(classes -> new Beside(
                                                    classes.get(c).f1(),
                                                    classes.get(c).f1Beside(teacher.get(c))))
                                            .toList()))
                            .toList()));
        }
    }
}
