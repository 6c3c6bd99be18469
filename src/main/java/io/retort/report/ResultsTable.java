package io.retort.report;

import io.retort.report.StudentSection.CompactSection;
import io.retort.report.StudentSection.StageSection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** A report as a Markdown table: the teacher, each student over its seeds beside its baseline, and its stages. */
public final class ResultsTable {
    private ResultsTable() {}

    public static String of(Report report) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%,d training and %,d held-out %s, %s, on %s.%n%n",
                report.dataset().trainSamples(),
                report.dataset().testSamples(),
                report.dataset().noun(),
                seeds(report),
                report.environment().getOrDefault("cpu", "an unknown processor")));
        SummaryTable.remarks(report).forEach(line -> text.append(line).append(".\n"));
        text.append('\n');
        text.append("| network | parameters | MACs | " + report.dataset().score() + " | balanced accuracy | baseline | "
                + report.dataset().unit().heading("gain") + " [95 %] | verdict | agreement"
                + " | p50 ms | " + report.dataset().noun() + "/s |\n");
        text.append("|---|---|---|---|---|---|---|---|---|---|---|\n");
        ScoreUnit unit = report.dataset().unit();
        text.append(row(unit, "teacher", OverSeeds.alone(report.teacher().figures()), "", "", ""));
        for (SummarySection summary : report.summary()) {
            text.append(row(
                    unit,
                    summary.name(),
                    report.overSeeds(summary.name()),
                    summary.baselines(unit),
                    summary.gain(unit),
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

    private static String row(
            ScoreUnit unit, String name, OverSeeds network, String baseline, String gain, String verdict) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |%n",
                name,
                network.count(Figures::parameters),
                network.count(Figures::macs),
                unit.text(network.accuracy()),
                network.each().get(0).classes().isEmpty()
                        ? ""
                        : network.balancedAccuracy().percent(),
                baseline,
                gain,
                verdict,
                unit.text(network.agreement()),
                network.p50().text("%.3f"),
                network.throughput().text("%,.0f"));
    }

    /** Sizes of compact files as a Markdown table: means over the seeds of each stage. */
    static final class CompactTable {
        private CompactTable() {}

        /** The table, after an empty line; nothing where no recipe requests such files. */
        static String of(Report report) {
            StringBuilder rows = new StringBuilder();
            Set<Object> shown = new HashSet<>();
            report.students().stream()
                    .map(StudentSection::name)
                    .distinct()
                    .flatMap(name -> StageOverSeeds.of(report.seeds(name)).stream())
                    .forEach(stage -> append(report.dataset().unit(), stage, shown, rows));
            if (rows.isEmpty()) {
                return "";
            }
            return "\n| network, compact file | form | " + report.dataset().score()
                    + " | bytes | not coded | nor sparse | float32 parameters by it |\n"
                    + "|---|---|---|---|---|---|---|\n" + rows;
        }

        private static void append(ScoreUnit unit, StageOverSeeds stage, Set<Object> shown, StringBuilder rows) {
            List<String> forms = stage.sections().stream()
                    .flatMap(section -> section.compact().stream())
                    .map(CompactSection::form)
                    .distinct()
                    .toList();
            List<List<Object>> outcomes =
                    stage.sections().stream().map(StageSection::outcome).toList();
            for (String form : forms) {
                List<CompactSection> files = stage.sections().stream()
                        .flatMap(section -> section.compact().stream())
                        .filter(file -> file.form().equals(form))
                        .toList();
                if (!shown.add(List.of(outcomes, files))) {
                    continue;
                }
                rows.append(String.format(
                        Locale.ROOT,
                        "| %s, %s | %s | %s | %,d | %,d | %,d | %.1f |%n",
                        stage.student(),
                        stage.title(),
                        form,
                        unit.text(stage.figures().accuracy()),
                        Math.round(mean(files, CompactSection::bytes)),
                        Math.round(mean(files, CompactSection::uncodedBytes)),
                        Math.round(mean(files, CompactSection::denseBytes)),
                        mean(files, CompactSection::ratio)));
            }
        }

        private static double mean(List<CompactSection> files, ToDoubleFunction<CompactSection> of) {
            return files.stream().mapToDouble(of).average().orElseThrow();
        }
    }
}
