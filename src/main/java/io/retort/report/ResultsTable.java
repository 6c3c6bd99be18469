package io.retort.report;

import io.retort.report.Report.Figures;
import io.retort.report.Report.StudentSection;
import io.retort.report.Report.SummarySection;
import java.util.List;
import java.util.Locale;

/** A report as a Markdown table for documentation: the teacher, then each student over its seeds beside its baseline, and what compression made of it. */
public final class ResultsTable {
    private ResultsTable() {}

    public static String of(Report report) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%,d training and %,d held-out %s, %s, %.0f minutes on %s.%n%n",
                report.dataset().trainSamples(),
                report.dataset().testSamples(),
                report.dataset().noun(),
                seeds(report),
                report.timings().values().stream()
                                .mapToDouble(Double::doubleValue)
                                .sum()
                        / 60,
                report.environment().getOrDefault("cpu", "an unknown processor")));
        text.append(
                "| network | parameters | MACs | accuracy | baseline | gain, points [95 %] | verdict | agreement | p50 ms | "
                        + report.dataset().noun() + "/s |\n");
        text.append("|---|---|---|---|---|---|---|---|---|---|\n");
        Figures teacher = report.teacher().figures();
        text.append(row("teacher", teacher, percent(teacher.accuracy()), "", "", "", ""));
        for (SummarySection summary : report.summary()) {
            List<Figures> seeds = report.students().stream()
                    .filter(student -> student.name().equals(summary.name()))
                    .map(StudentSection::distilled)
                    .toList();
            Spread agreement = Spread.of(seeds.stream().map(Figures::agreement).toList());
            text.append(row(
                    summary.name(),
                    seeds.get(0),
                    summary.accuracy().percent(),
                    summary.baseline().percent(),
                    summary.comparison().points(),
                    summary.verdict(),
                    agreement.percent()));
        }
        return text.append(StagesTable.of(report))
                .append(CompactTable.of(report.students()))
                .toString();
    }

    private static String seeds(Report report) {
        long seeds =
                report.students().stream().map(StudentSection::seed).distinct().count();
        return seeds == 1 ? "1 seed" : seeds + " seeds";
    }

    private static String row(
            String name,
            Figures figures,
            String accuracy,
            String baseline,
            String gain,
            String verdict,
            String agreement) {
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %,d | %s | %s | %s | %s | %s | %.3f | %,d |%n",
                name,
                figures.parameters(),
                figures.macs(),
                accuracy,
                baseline,
                gain,
                verdict,
                agreement,
                figures.latency().p50(),
                Math.round(figures.latency().batch()));
    }

    private static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * fraction);
    }
}
