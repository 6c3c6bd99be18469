package io.retort.report;

import io.retort.report.Report.PartSection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** A report as tables for the console: quality, cost and single classes of teacher and students. */
public final class SummaryTable {
    private SummaryTable() {}

    public static String of(Report report) {
        ScoreUnit unit = report.dataset().unit();
        ConsoleTable quality = new ConsoleTable()
                .left("network")
                .right(report.dataset().score())
                .right("baseline")
                .right(unit.heading("gain") + " [95 %]")
                .left("verdict");
        boolean byClass = !report.teacher().figures().classes().isEmpty();
        if (byClass) {
            quality.right("balanced").right("macro F1");
        }
        quality.right("agreement");
        boolean two = report.hasClasses() && report.dataset().classes().size() == 2;
        if (two) {
            quality.right("ROC area").right("PR area");
        }
        ConsoleTable cost = new ConsoleTable()
                .left("network")
                .right("parameters")
                .right("MACs")
                .right("ONNX bytes")
                .right("p50 ms")
                .right(report.dataset().noun() + "/s");
        for (Row row : rows(report)) {
            List<String> cells = new ArrayList<>(
                    List.of(row.name, unit.text(row.network.accuracy()), row.baseline, row.gain, row.verdict));
            if (byClass) {
                cells.add(row.network.balancedAccuracy().percent());
                cells.add(row.network.spread(Figures::macroF1).percent());
            }
            cells.add(unit.text(row.network.agreement()));
            if (two) {
                cells.add(row.network.areaUnderRoc());
                cells.add(row.network.averagePrecision());
            }
            quality.row(cells.toArray(String[]::new));
            cost.row(
                    row.name,
                    row.network.count(Figures::parameters),
                    row.network.count(Figures::macs),
                    row.network.count(Figures::bytes),
                    row.network.p50().text("%.3f"),
                    row.network.throughput().text("%,.0f"));
        }
        return quality.text() + "\n" + String.join("\n", remarks(report)) + "\n\n" + cost.text()
                + (byClass ? "\n\n" + ClassTable.of(report) : "");
    }

    /** {@code most frequent class: no, 95.25 % of 400 held-out samples}, then labels and validation. */
    static List<String> remarks(Report report) {
        List<String> lines = new ArrayList<>();
        report.mostFrequentClass()
                .ifPresent(most -> lines.add(String.format(
                        Locale.ROOT,
                        "most frequent class: %s, %.2f %% of %,d held-out %s",
                        most.name(),
                        100 * most.share(),
                        report.dataset().testSamples(),
                        report.dataset().noun())));
        report.dataset().labels().ifPresent(lines::add);
        if (!report.dataset().unseenClasses().isEmpty()) {
            lines.add("students and baselines saw no " + report.dataset().noun() + " of "
                    + String.join(", ", report.dataset().unseenClasses()));
        }
        if (report.dataset().validation().isPresent()) {
            lines.add(report.dataset().choosing());
        }
        ScoreUnit unit = report.dataset().unit();
        report.summary().forEach(student -> student.overHardLabels(unit).ifPresent(lines::add));
        lines.addAll(CalibrationLines.of(report));
        lines.addAll(VectorLines.of(report));
        return lines;
    }

    private record Row(String name, OverSeeds network, String baseline, String gain, String verdict) {
        Row(String name, OverSeeds network) {
            this(name, network, "", "", "");
        }
    }

    private static List<Row> rows(Report report) {
        List<Row> rows = new ArrayList<>();
        rows.add(new Row("teacher", OverSeeds.alone(report.teacher().figures())));
        for (PartSection part : report.teacher().parts()) {
            rows.add(new Row("  " + part.title(), OverSeeds.alone(part.figures())));
        }
        for (SummarySection summary : report.summary()) {
            rows.add(new Row(
                    summary.title(),
                    report.overSeeds(summary.name()),
                    summary.baselines(report.dataset().unit()),
                    summary.gain(report.dataset().unit()),
                    summary.verdict()));
            List<StageOverSeeds> stages = StageOverSeeds.of(report.seeds(summary.name()));
            if (stages.size() > 1) {
                stages.forEach(stage -> rows.add(new Row("  " + stage.title(), stage.figures())));
            }
        }
        return rows;
    }

    /** Figures of single classes: of all where they are few, otherwise of those with the smallest recall. */
    static final class ClassTable {
        /** More are shown only where there are more networks. */
        private static final int ROWS = 24;

        private ClassTable() {}

        static String of(Report report) {
            Map<String, OverSeeds> networks = new LinkedHashMap<>();
            networks.put("teacher", OverSeeds.alone(report.teacher().figures()));
            for (SummarySection summary : report.summary()) {
                networks.put(summary.title(), report.overSeeds(summary.name()));
            }
            List<String> names = report.dataset().classes();
            int each = Math.max(1, Math.min(names.size(), ROWS / networks.size()));
            ConsoleTable table = new ConsoleTable()
                    .left("network")
                    .left(each == names.size() ? "class" : each == 1 ? "worst class" : "worst " + each + " classes")
                    .right("held out")
                    .right("recall")
                    .right("precision")
                    .right("F1")
                    .right("F1 to teacher, points");
            OverSeeds teacher = networks.get("teacher");
            networks.forEach((network, figures) -> rows(table, network, names, figures, teacher, each));
            return table.text();
        }

        private static void rows(
                ConsoleTable table,
                String network,
                List<String> names,
                OverSeeds figures,
                OverSeeds teacher,
                int each) {
            List<OverSeeds.OfClass> classes = figures.classes();
            Comparator<Integer> worst =
                    Comparator.comparingDouble(c -> classes.get(c).meanRecall());
            List<Integer> shown = IntStream.range(0, names.size())
                    .boxed()
                    .sorted(each == names.size() ? Comparator.naturalOrder() : worst)
                    .limit(each)
                    .toList();
            for (int c : shown) {
                OverSeeds.OfClass one = classes.get(c);
                table.row(
                        network,
                        names.get(c),
                        Amounts.count(one.rows()),
                        one.recall(),
                        one.precision(),
                        one.f1(),
                        figures.equals(teacher)
                                ? ""
                                : one.f1Beside(teacher.classes().get(c)));
            }
        }
    }
}
