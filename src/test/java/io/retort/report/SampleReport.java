package io.retort.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.retort.compress.Compressed.LayerChange;
import io.retort.evaluate.ContingencyTable;
import io.retort.evaluate.Evaluation.ConfidenceBin;
import io.retort.evaluate.Reliability;
import io.retort.evaluate.ShownAnswers.Disagreement;
import io.retort.evaluate.ShownAnswers.NumberSample;
import io.retort.evaluate.ShownAnswers.ShownRow;
import io.retort.network.Shape;
import io.retort.registry.Drift;
import io.retort.registry.Gate;
import io.retort.registry.ModelCard.Scores;
import io.retort.report.Figures.LatencySection;
import io.retort.report.Report.CacheSection;
import io.retort.report.Report.ChallengeSection;
import io.retort.report.Report.Contender;
import io.retort.report.Report.DatasetSection;
import io.retort.report.Report.SlotsSection;
import io.retort.report.Report.TeacherSection;
import io.retort.report.Report.WaitingSection;
import io.retort.report.StudentSection.BeforeAndAfter;
import io.retort.report.StudentSection.CalibrationSection;
import io.retort.report.StudentSection.CompactExport;
import io.retort.report.StudentSection.CompactSection;
import io.retort.report.StudentSection.CompressionSection;
import io.retort.report.StudentSection.CompressionSection.FloorOutcome;
import io.retort.report.StudentSection.ExportSection;
import io.retort.report.StudentSection.LayerSection;
import io.retort.report.StudentSection.ParitySection;
import io.retort.report.StudentSection.SpeedSection;
import io.retort.report.StudentSection.StageSection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A report of one student, made up. */
public final class SampleReport {
    private static final Figures TEACHER = figures(0.9412, 1.0, 288_170);
    private static final Figures STUDENT = figures(0.91, 0.93, 9_034);
    private static final Figures BASELINE = figures(0.8999, 0.925, 9_034);

    private static final List<CurveSection> CURVES =
            List.of(curve("0.5 cross-entropy + 0.5 soft-target", 1.2, 0.7, 0.5));
    private static final List<CurveSection> BASELINE_CURVES = List.of(curve("cross-entropy", 1.0, 0.6, 0.55));

    /** Eight by eight grey pixels. */
    private static final String PICTURE =
            "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAU0lEQVR42gFIALf/AAAkSGyQtNj8ABQ4XICkyOwQAChMcJS43AAkADxghKjM8BQ4AFB0mLzgBChMAGSIrND0GDxgAHicwOQILFB0AIyw1PgcQGSIHwQeAckidBEAAAAASUVORK5CYII=";

    private SampleReport() {}

    static CurveSection curve(String objective, Double... losses) {
        List<Integer> epochs = IntStream.rangeClosed(1, losses.length).boxed().toList();
        return new CurveSection(
                objective,
                CurveSection.NATS,
                losses.length,
                epochs,
                List.of(losses),
                epochs.stream().map(epoch -> 0.01 / epoch).toList());
    }

    static DatasetSection dataset(
            long train, long labelled, long test, List<Integer> shape, List<String> classes, String noun) {
        return new DatasetSection(
                "a",
                "b",
                train,
                labelled,
                test,
                Optional.empty(),
                "accuracy",
                shape,
                classes,
                List.of(),
                noun,
                Map.of());
    }

    public static Report of(String name, List<String> classes) {
        return of(name, classes, List.of());
    }

    static Report of(String name, List<String> classes, List<CompactSection> compact) {
        Comparison comparison = new Comparison(0.0101, 0.002, 0.0182, 1);
        return new Report(
                Report.VERSION,
                name,
                "20260101-000000",
                "2026-01-01T00:00:00.123456789Z",
                dataset(60_000, 60_000, 10_000, List.of(1, 28, 28), classes, "images"),
                new TeacherSection("w1-teacher", "f", TEACHER, List.of(), CURVES, List.of()),
                List.of(new StudentSection(
                        "tiny",
                        1,
                        List.of(StageSection.trained("distill", STUDENT, compact, CURVES)),
                        Optional.of(BASELINE),
                        BASELINE_CURVES,
                        OptionalDouble.of(0.0101),
                        Optional.empty(),
                        List.of(),
                        new ExportSection(
                                "student-tiny-seed1.onnx",
                                new ParitySection(1.2e-6, 1.0, 1024),
                                List.of("no <zip>: reason"),
                                compact.stream()
                                        .map(one -> new CompactExport("tiny-" + one.form(), one.bytes(), 0.999))
                                        .toList()),
                        List.of(),
                        List.of(),
                        List.of())),
                List.of(new SummarySection(
                        "tiny",
                        MeanAndDeviation.of(List.of(0.91)),
                        MeanAndDeviation.of(List.of(0.9)),
                        MeanAndDeviation.of(List.of(0.93)),
                        MeanAndDeviation.of(List.of(0.25)),
                        MeanAndDeviation.of(List.of(12_345.6)),
                        Optional.of(MeanAndDeviation.of(List.of(0.8999))),
                        Optional.of(comparison),
                        comparison.verdict().toString(),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalDouble.of(31.9),
                        STUDENT.confusion())),
                new TreeMap<>(Map.of("label", 1234.5, "shard train", 2.0)),
                Map.of("label", 4000.0),
                Map.of("train teacher", new SlotsSection(2, 4, 2, Optional.of(new WaitingSection(0.031, 0.125)))),
                new CacheSection(30, 30, 0),
                Map.of("spark", "3.5.9"),
                Map.of("driver", 900L << 20, "executor 0", 1200L << 20, "executor 1", 1100L << 20),
                List.of(),
                List.of(),
                JsonNodeFactory.instance.objectNode().put("name", name));
    }

    /**
     * A report with everything that a page may show: a student of two seeds that is quantized and calibrated, whose layers
     * are known, and rows with pictures, texts and numbers.
     */
    public static Report ofEverything() {
        List<String> classes = List.of("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker");
        Report plain = of("everything", classes);
        Figures teacher = withConfidence(0.94, 288_170, 400, 0.99);
        Figures distilled = withConfidence(0.91, 9_034, 100, 0.8);
        StageSection quantized = new StageSection(
                "quantize",
                distilled,
                List.of(new CompressionSection(
                        FloorOutcome.KEPT,
                        0.001,
                        5,
                        9_000,
                        8_000,
                        List.of(
                                new LayerChange("conv1", "int8 by channel", OptionalDouble.of(0.0061)),
                                LayerChange.of("dense", "left: float32, for it is the last layer")),
                        List.of(),
                        List.of(),
                        List.of(new SpeedSection(0.5, 1.5)))),
                List.of(),
                List.of(curve("soft-target", 0.4, 0.3)));
        Reliability before = new Reliability(0.0312, 0.0281, 0.0367, 0.0305, 0.31, 0.14);
        Reliability after = new Reliability(0.0091, 0.0071, 0.0132, 0.0093, 0.29, 0.13);
        StageSection calibrated = StageSection.calibrated(
                withConfidence(0.91, 9_034, 300, 0.9),
                List.of(),
                new CalibrationSection(
                        "temperature", 1.31, List.of(), 5_000, 10_000, List.of(new BeforeAndAfter(before, after))));
        StageSection trained = StageSection.trained(StageSection.DISTILL, distilled, List.of(), CURVES);
        List<StudentSection> students = Stream.of(1, 2)
                .map(seed -> new StudentSection(
                        "tiny",
                        seed,
                        List.of(trained, quantized, calibrated),
                        Optional.of(withConfidence(0.8999, 9_034, 200, 0.85)),
                        BASELINE_CURVES,
                        OptionalDouble.of(0.0101),
                        Optional.empty(),
                        List.of(),
                        plain.students().get(0).export(),
                        List.of(
                                new LayerSection("conv1", Shape.image(16, 28, 28), 144, 112_896),
                                new LayerSection("dense", Shape.vector(8), 1_288, 1_280)),
                        List.of(
                                new Disagreement(
                                        "-8123456789012345678", 2, 4, 0.99, 2, 0.98, new ShownRow(PICTURE, "")),
                                new Disagreement("17", -1, 0, 0.91, 6, 0.9, new ShownRow("", "a <b>text</b>"))),
                        List.of(new NumberSample(
                                "price", List.of(1.0, 2.5, 4.0), List.of(1.5, 2.5, 3.0), List.of(0.5, 2.75, 4.5)))))
                .toList();
        return of(
                plain,
                new TeacherSection("w1-teacher", "f", teacher, List.of(), CURVES, List.of()),
                students,
                List.of(SummarySection.of(students, teacher, ScoreUnit.PERCENT, 10_000)),
                List.of());
    }

    /** Of eight classes: four bins of confidence, the third with so many rows, of which a share is right. */
    private static Figures withConfidence(double accuracy, long parameters, long samples, double share) {
        return new Figures(
                accuracy,
                0.95,
                OptionalLong.of(parameters),
                OptionalLong.of(parameters * 100),
                OptionalLong.of(parameters * 4),
                new LatencySection(0.25, 0.5, 12_345.6),
                Map.of("accuracy", accuracy, "agreement", 0.95, "expected-calibration-error", 0.0123),
                IntStream.range(0, 8)
                        .mapToObj(truth -> IntStream.range(0, 8)
                                .mapToObj(other -> truth == other ? Math.round(1_000 * accuracy) : 10L + other)
                                .toList())
                        .toList(),
                List.of(),
                List.of(
                        new ConfidenceBin(0, 0, 0),
                        new ConfidenceBin(20, 9, 0.41),
                        new ConfidenceBin(samples, Math.round(share * samples), 0.7),
                        new ConfidenceBin(1_000, 955, 0.97)));
    }

    /** One student of a table. */
    static Report ofRows() {
        Report plain = of("table", List.of("no", "yes"));
        return new Report(
                plain.version(),
                plain.name(),
                plain.run(),
                plain.started(),
                dataset(800, 800, 200, List.of(4), List.of("no", "yes"), "rows"),
                plain.teacher(),
                plain.students(),
                plain.summary(),
                plain.timings(),
                plain.throughput(),
                plain.slots(),
                plain.cache(),
                plain.environment(),
                plain.peakMemory(),
                List.of(),
                List.of(),
                plain.recipe());
    }

    /** A teacher of which neither parameters nor MACs nor bytes are known, and a student of two seeds. */
    public static Report ofForeignTeacher() {
        Report plain = twoSeeds();
        Figures unknown = new Figures(
                0.9,
                1,
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                new LatencySection(0.25, 0.5, 1_000),
                Map.of("accuracy", 0.9),
                List.of(List.of(85L, 5L), List.of(5L, 5L)));
        return of(
                plain,
                new TeacherSection("elsewhere", "f", unknown, List.of(), List.of(), List.of("output: logits")),
                plain.students(),
                List.of(SummarySection.of(plain.students(), unknown, ScoreUnit.PERCENT, 10_000)),
                List.of());
    }

    /** A teacher alone, with this confusion. */
    static Report confused(String name, List<String> classes, List<List<Long>> confusion) {
        Report plain = of(name, classes);
        Figures figures = figures(0.9, 1, 1_000);
        Figures confused = new Figures(
                figures.accuracy(),
                figures.agreement(),
                figures.parameters(),
                figures.macs(),
                figures.bytes(),
                figures.latency(),
                figures.metrics(),
                confusion);
        return of(plain, new TeacherSection("t", "f", confused, List.of(), CURVES, List.of()), List.of(), List.of());
    }

    /** A challenger that becomes the champion after another. */
    static Report challenge() {
        Report plain = of("nightly", List.of("boot", "bag"));
        return of(
                plain,
                plain.teacher(),
                List.of(),
                List.of(new ChallengeSection(
                        "pictures",
                        "tiny",
                        1,
                        "champion 3",
                        List.of(
                                contender("challenger", STUDENT),
                                contender("champion 3", BASELINE),
                                contender("teacher", TEACHER)),
                        new ContingencyTable(80, 11, 9, 0),
                        List.of(new Gate("accuracy", 0.91, Gate.Bound.AT_LEAST, 0.8, "floor", Gate.Verdict.PASSED)),
                        Drift.none(),
                        ChallengeSection.Outcome.PROMOTED,
                        4,
                        plain.students().get(0).export(),
                        CURVES)));
    }

    private static Contender contender(String name, Figures figures) {
        return new Contender(
                name,
                new Scores(
                        figures.accuracy(),
                        figures.agreement(),
                        0.0123,
                        figures.bytes().orElseThrow(),
                        figures.latency().p50()),
                List.of(figures));
    }

    /**
     * Two students of two seeds that share their distillation; a floor has stopped the second one's last stage in seed
     * 2, and undone it in seed 1.
     */
    static Report compressed() {
        Report plain = of("stages", List.of("boot", "bag"));
        StageSection distilled = StageSection.trained(StageSection.DISTILL, STUDENT, List.of(), CURVES);
        StageSection pruned = stage("prune-channels", figures(0.90, 0.92, 5_000), FloorOutcome.KEPT, 0.01, 0);
        StageSection quantized = stage("quantize", figures(0.88, 0.91, 5_000), FloorOutcome.ROLLED_BACK, 0.02, 40);
        return of(
                plain,
                List.of(
                        student(plain, "thin", 1, List.of(distilled, pruned)),
                        student(plain, "thin", 2, List.of(distilled, pruned)),
                        student(plain, "small", 1, List.of(distilled, pruned, quantized)),
                        student(plain, "small", 2, List.of(distilled, pruned))));
    }

    /** A student that begins as another network, which is cut first: a floor has stopped that in seed 2. */
    static Report cutFirst() {
        Report plain = of("stages", List.of("boot", "bag"));
        StageSection start = StageSection.trained("start", figures(0.94, 1.0, 20_000), List.of(), List.of());
        StageSection distilled = StageSection.trained(StageSection.DISTILL, STUDENT, List.of(), CURVES);
        StageSection kept = stage("prune-channels", figures(0.70, 0.72, 9_034), FloorOutcome.KEPT, 0.24, 0);
        StageSection stopped = stage("prune-channels", figures(0.50, 0.52, 9_034), FloorOutcome.STOPPED, 0.44, 0);
        StageSection factored = stage("low-rank", figures(0.60, 0.62, 8_000), FloorOutcome.KEPT, 0.10, 0);
        StageSection quantized = stage("quantize", figures(0.90, 0.92, 5_000), FloorOutcome.KEPT, 0.01, 0);
        return of(
                plain,
                List.of(
                        student(plain, "cut", 1, List.of(start, kept, factored, distilled, quantized)),
                        student(plain, "cut", 2, List.of(start, stopped, distilled, quantized))));
    }

    /** Teacher and student have this confusion; the classes are called class-0 and so on. */
    static Report ofClasses(List<List<Long>> confusion) {
        Figures figures = new Figures(
                0.5,
                0.5,
                OptionalLong.of(1_000),
                OptionalLong.of(1_000),
                OptionalLong.of(1_000),
                new LatencySection(0.25, 0.5, 1_000),
                Map.of("accuracy", 0.5),
                confusion);
        Report plain = of(
                "classes",
                IntStream.range(0, confusion.size()).mapToObj(c -> "class-" + c).toList());
        StudentSection student = student(
                plain, "tiny", 1, List.of(StageSection.trained(StageSection.DISTILL, figures, List.of(), List.of())));
        return of(
                plain,
                new TeacherSection("t", "f", figures, List.of(), List.of(), List.of()),
                List.of(student),
                List.of(SummarySection.of(List.of(student), figures, ScoreUnit.PERCENT, 10_000)),
                List.of());
    }

    /** One student whose two seeds differ in all that may differ: {@code yes} is never predicted in the second one. */
    static Report twoSeeds() {
        Report plain = of("two-seeds", List.of("no", "yes"));
        Figures first = new Figures(
                0.97,
                0.95,
                OptionalLong.of(9_034),
                OptionalLong.of(1_000),
                OptionalLong.of(2_000),
                new LatencySection(0.1, 0.5, 20_000),
                Map.of("accuracy", 0.97, "area-under-roc", 0.99),
                List.of(List.of(88L, 2L), List.of(1L, 9L)));
        Figures second = new Figures(
                0.90,
                0.905,
                OptionalLong.of(9_034),
                OptionalLong.of(1_000),
                OptionalLong.of(2_000),
                new LatencySection(0.3, 0.5, 10_000),
                Map.of("accuracy", 0.90, "area-under-roc", 0.95),
                List.of(List.of(90L, 0L), List.of(10L, 0L)));
        List<StudentSection> students = List.of(
                student(plain, "small", 1, List.of(StageSection.trained("distill", first, List.of(), List.of()))),
                student(plain, "small", 2, List.of(StageSection.trained("distill", second, List.of(), List.of()))));
        return of(
                plain,
                plain.teacher(),
                students,
                List.of(SummarySection.of(students, TEACHER, ScoreUnit.PERCENT, 10_000)),
                List.of());
    }

    private static Report of(Report plain, List<StudentSection> students) {
        return of(plain, plain.teacher(), students, List.of());
    }

    private static Report of(
            Report plain, TeacherSection teacher, List<StudentSection> students, List<ChallengeSection> challenges) {
        return of(plain, teacher, students, List.of(), challenges);
    }

    private static Report of(
            Report plain,
            TeacherSection teacher,
            List<StudentSection> students,
            List<SummarySection> summary,
            List<ChallengeSection> challenges) {
        return new Report(
                plain.version(),
                plain.name(),
                plain.run(),
                plain.started(),
                plain.dataset(),
                teacher,
                students,
                summary,
                plain.timings(),
                plain.throughput(),
                plain.slots(),
                plain.cache(),
                plain.environment(),
                plain.peakMemory(),
                challenges,
                List.of(),
                plain.recipe());
    }

    private static StudentSection student(Report plain, String name, long seed, List<StageSection> stages) {
        return new StudentSection(
                name,
                seed,
                stages,
                Optional.of(BASELINE),
                BASELINE_CURVES,
                OptionalDouble.of(0),
                Optional.empty(),
                List.of(),
                plain.students().get(0).export(),
                plain.students().get(0).layers(),
                plain.students().get(0).disagreements(),
                List.of());
    }

    private static StageSection stage(String kind, Figures figures, FloorOutcome outcome, double drop, long zeros) {
        return new StageSection(
                kind,
                figures,
                List.of(new CompressionSection(
                        outcome,
                        drop,
                        zeros,
                        100,
                        1_000,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(new SpeedSection(0.5, 1.5)))),
                List.of(),
                List.of(curve("soft-target", 0.4, 0.3)));
    }

    private static Figures figures(double accuracy, double agreement, long parameters) {
        return new Figures(
                accuracy,
                agreement,
                OptionalLong.of(parameters),
                OptionalLong.of(1_000),
                OptionalLong.of(2_000),
                new LatencySection(0.25, 0.5, 12_345.6),
                Map.of("accuracy", accuracy, "agreement", agreement, "expected-calibration-error", 0.0123),
                List.of(List.of(90L, 10L), List.of(0L, 0L)));
    }
}
