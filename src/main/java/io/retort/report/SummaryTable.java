package io.retort.report;

import io.retort.report.Report.Figures;
import io.retort.report.Report.PartSection;
import io.retort.report.Report.StudentSection;
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
                .right(report.dataset().noun() + "/s");
        row(
                table,
                "teacher",
                report.teacher().figures(),
                percent(report.teacher().accuracy()),
                "",
                "",
                "",
                report.teacher().figures().agreement());
        for (PartSection part : report.teacher().parts()) {
            row(
                    table,
                    "  " + part.title(),
                    part.figures(),
                    percent(part.figures().accuracy()),
                    "",
                    "",
                    "",
                    part.figures().agreement());
        }
        for (SummarySection summary : report.summary()) {
            List<StudentSection> seeds = report.students().stream()
                    .filter(student -> student.name().equals(summary.name()))
                    .toList();
            row(
                    table,
                    summary.name() + (seeds.size() == 1 ? "" : ", " + seeds.size() + " seeds"),
                    seeds.get(0).distilled(),
                    summary.accuracy().percent(),
                    summary.baseline().percent(),
                    summary.comparison().points(),
                    summary.verdict(),
                    seeds.get(0).distilled().agreement());
            stages(table, seeds);
        }
        return table.text();
    }

    /** A row for each stage of a student that has several: accuracy and agreement are means over the seeds, the rest is that of the first seed which came to the stage. */
    private static void stages(ConsoleTable table, List<StudentSection> seeds) {
        List<StageOverSeeds> stages = StageOverSeeds.of(seeds);
        if (stages.size() == 1) {
            return;
        }
        for (StageOverSeeds stage : stages) {
            row(
                    table,
                    "  " + stage.title(),
                    stage.figures().get(0),
                    percent(stage.mean(Figures::accuracy)),
                    "",
                    "",
                    "",
                    stage.mean(Figures::agreement));
        }
    }

    private static void row(
            ConsoleTable table,
            String name,
            Figures figures,
            String accuracy,
            String baseline,
            String gain,
            String verdict,
            double agreement) {
        table.row(
                name,
                count(figures.parameters()),
                count(figures.macs()),
                count(figures.bytes()),
                accuracy,
                baseline,
                gain,
                verdict,
                percent(agreement),
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
