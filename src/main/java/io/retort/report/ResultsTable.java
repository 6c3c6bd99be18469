package io.retort.report;

import io.retort.report.Report.Figures;
import io.retort.report.Report.StudentSection;
import io.retort.report.Report.SummarySection;
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
        SummaryTable.remarks(report).forEach(line -> text.append(line).append(".\n"));
        text.append('\n');
        text.append(
                "| network | parameters | MACs | accuracy | balanced accuracy | baseline | gain, points [95 %] | verdict | agreement"
                        + " | p50 ms | " + report.dataset().noun() + "/s |\n");
        text.append("|---|---|---|---|---|---|---|---|---|---|---|\n");
        text.append(row("teacher", OverSeeds.alone(report.teacher().figures()), "", "", ""));
        for (SummarySection summary : report.summary()) {
            text.append(row(
                    summary.name(),
                    report.overSeeds(summary.name()),
                    summary.baselines(),
                    summary.gain(),
                    summary.verdict()));
        }
        return text.append(StagesTable.of(report))
                .append(CompactTable.of(report))
                .toString();
    }

    private static String seeds(Report report) {
        long seeds =
                report.students().stream().map(StudentSection::seed).distinct().count();
        return seeds == 1 ? "1 seed" : seeds + " seeds";
    }

    private static String row(String name, OverSeeds network, String baseline, String gain, String verdict) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |%n",
                name,
                network.count(Figures::parameters),
                network.count(Figures::macs),
                network.accuracy().percent(),
                network.balancedAccuracy().percent(),
                baseline,
                gain,
                verdict,
                network.agreement().percent(),
                network.p50().text("%.3f"),
                network.throughput().text("%,.0f"));
    }
}
