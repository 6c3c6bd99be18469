package io.retort.report;

import io.retort.report.Report.Figures;
import io.retort.report.Report.SummarySection;
import java.util.List;
import java.util.Locale;

/** A report as a table for the console: the teacher, then each student over its seeds. */
public final class SummaryTable {
    private SummaryTable() {}

    public static String of(Report report) {
        ConsoleTable table = new ConsoleTable()
                .left("network")
                .right("parameters")
                .right("MACs")
                .right("ONNX bytes")
                .right("accuracy")
                .right("baseline")
                .right("gain, points [95 %]")
                .left("verdict")
                .right("agreement")
                .right("p50 ms")
                .right("images/s");
        row(
                table,
                "teacher",
                report.teacher().figures(),
                percent(report.teacher().accuracy()),
                "",
                "",
                "");
        for (SummarySection summary : report.summary()) {
            List<Report.StudentSection> seeds = report.students().stream()
                    .filter(student -> student.name().equals(summary.name()))
                    .toList();
            row(
                    table,
                    summary.name() + (seeds.size() == 1 ? "" : ", " + seeds.size() + " seeds"),
                    seeds.get(0).distilled(),
                    summary.accuracy().percent(),
                    summary.baseline().percent(),
                    summary.comparison().points(),
                    summary.verdict());
        }
        return table.text();
    }

    private static void row(
            ConsoleTable table,
            String name,
            Figures figures,
            String accuracy,
            String baseline,
            String gain,
            String verdict) {
        table.row(
                name,
                count(figures.parameters()),
                count(figures.macs()),
                count(figures.bytes()),
                accuracy,
                baseline,
                gain,
                verdict,
                percent(figures.agreement()),
                String.format(Locale.ROOT, "%.3f", figures.latency().p50()),
                count(Math.round(figures.latency().batch())));
    }

    private static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * fraction);
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
