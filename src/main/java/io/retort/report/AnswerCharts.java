package io.retort.report;

import io.retort.evaluate.Evaluation.ConfidenceBin;
import io.retort.evaluate.ShownAnswers.NumberSample;
import io.retort.report.PointChart.Axis;
import io.retort.report.PointChart.Form;
import io.retort.report.PointChart.Point;
import io.retort.report.PointChart.Series;
import io.retort.report.StudentSection.StageSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How right probabilities are, and how far off numbers: a picture for each student. */
final class AnswerCharts {
    private static final double LEAST_RADIUS = 1.5;
    private static final double MORE_RADIUS = 5;

    private AnswerCharts() {}

    /**
     * Reliability diagrams (Guo et al. 2017, section 2, arXiv:1706.04599): for each bin of confidence that has rows the
     * share of them that are right by their mean confidence, over all seeds; the area of a dot is its share of the rows.
     */
    static List<PointChart> reliability(Report report) {
        return report.students().stream()
                .map(StudentSection::name)
                .distinct()
                .map(name -> reliability(report, name, report.seeds(name)))
                .flatMap(List::stream)
                .toList();
    }

    private static List<PointChart> reliability(Report report, String name, List<StudentSection> seeds) {
        List<Series> series = new ArrayList<>();
        add(series, "teacher", "teacher", List.of(report.teacher().figures()));
        add(
                series,
                "baseline",
                "baseline",
                seeds.stream().flatMap(seed -> seed.baseline().stream()).toList());
        boolean isCalibrated =
                seeds.stream().anyMatch(seed -> seed.calibration().isPresent());
        if (isCalibrated) {
            add(
                    series,
                    "student before",
                    "student before its calibration (dotted)",
                    seeds.stream().map(AnswerCharts::beforeLast).toList());
        }
        int others = series.size();
        add(
                series,
                "student",
                isCalibrated ? "student, calibrated" : "student",
                seeds.stream().map(StudentSection::distilled).toList());
        if (series.size() == others) {
            return List.of();
        }
        List<Double> ticks = LossChart.steps(0, 1);
        return List.of(new PointChart(
                name + (seeds.size() == 1 ? "" : ", " + seeds.size() + " seeds"),
                new Axis("mean confidence of a bin", ticks, LossChart::label),
                new Axis("share that is right", ticks, LossChart::label),
                List.of(new Point(0, 0), new Point(1, 1)),
                series));
    }

    private static Figures beforeLast(StudentSection seed) {
        List<StageSection> stages = seed.stages();
        return stages.get(Math.max(0, stages.size() - 2)).figures();
    }

    private static void add(List<Series> series, String style, String text, List<Figures> networks) {
        List<Point> points = points(networks);
        if (!points.isEmpty()) {
            String error = MeanAndDeviation.of(networks.stream()
                            .flatMapToDouble(figures -> figures.calibrationError().stream())
                            .boxed()
                            .toList())
                    .text("%.4f");
            series.add(new Series(style, text + ": calibration error " + error, points, Form.LINE));
        }
    }

    private static List<Point> points(List<Figures> networks) {
        if (networks.isEmpty()
                || networks.stream().anyMatch(figures -> figures.confidence().isEmpty())) {
            return List.of();
        }
        List<ConfidenceBin> pooled = IntStream.range(
                        0, networks.get(0).confidence().size())
                .mapToObj(bin -> pooled(networks.stream()
                        .map(figures -> figures.confidence().get(bin))
                        .toList()))
                .filter(bin -> bin.samples() > 0)
                .toList();
        double all = pooled.stream().mapToLong(ConfidenceBin::samples).sum();
        return pooled.stream()
                .map(bin -> new Point(
                        bin.mean(),
                        share(bin),
                        LEAST_RADIUS + MORE_RADIUS * Math.sqrt(bin.samples() / all),
                        String.format(
                                Locale.ROOT,
                                "%,d answers: mean confidence %.3f, %.3f of them right",
                                bin.samples(),
                                bin.mean(),
                                share(bin))))
                .toList();
    }

    private static double share(ConfidenceBin bin) {
        return (double) bin.right() / bin.samples();
    }

    private static ConfidenceBin pooled(List<ConfidenceBin> seeds) {
        long samples = seeds.stream().mapToLong(ConfidenceBin::samples).sum();
        return new ConfidenceBin(
                samples,
                seeds.stream().mapToLong(ConfidenceBin::right).sum(),
                samples == 0
                        ? 0
                        : seeds.stream()
                                        .mapToDouble(bin -> bin.mean() * bin.samples())
                                        .sum()
                                / samples);
    }

    /** Residuals: for a sample of the rows what is predicted, less the label, by the label; of a student's first seed. */
    static List<PointChart> residuals(Report report) {
        return report.students().stream()
                .map(StudentSection::name)
                .distinct()
                .map(name -> report.seeds(name).get(0))
                .flatMap(student -> student.numbers().stream()
                        .filter(number -> !number.labels().isEmpty())
                        .map(number -> residuals(student, number)))
                .toList();
    }

    private static PointChart residuals(StudentSection student, NumberSample number) {
        Function<List<Double>, double[]> residuals = predicted -> IntStream.range(0, predicted.size())
                .mapToDouble(row -> predicted.get(row) - number.labels().get(row))
                .toArray();
        double[] teachers = residuals.apply(number.teacher());
        double[] students = residuals.apply(number.student());
        Axis across = Axis.of("label", number.labels().stream().mapToDouble(Double::doubleValue));
        Axis up = Axis.of(
                "predicted less label",
                Stream.of(teachers, students, new double[] {0}).flatMapToDouble(DoubleStream::of));
        return new PointChart(
                student.name() + ", seed " + student.seed() + ": " + number.name(),
                across,
                up,
                List.of(
                        new Point(across.ticks().get(0), 0),
                        new Point(across.ticks().get(across.ticks().size() - 1), 0)),
                List.of(
                        new Series("teacher", "teacher", points(number, teachers), Form.DOTS),
                        new Series("student", "student", points(number, students), Form.DOTS)));
    }

    private static List<Point> points(NumberSample number, double[] residuals) {
        return IntStream.range(0, residuals.length)
                .mapToObj(row -> new Point(number.labels().get(row), residuals[row]))
                .toList();
    }
}
