package io.retort.report;

import io.retort.report.Report.CompactSection;
import io.retort.report.Report.StageSection;
import io.retort.report.Report.StudentSection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** What students take as compact files, as a Markdown table: means over the seeds of each stage, those that students share with the first of them. */
final class CompactTable {
    private CompactTable() {}

    /** The table, after an empty line; nothing where no recipe asked for such files. */
    static String of(Report report) {
        StringBuilder rows = new StringBuilder();
        Set<Object> shown = new HashSet<>();
        report.students().stream()
                .map(StudentSection::name)
                .distinct()
                .flatMap(name -> StageOverSeeds.of(report.seeds(name)).stream())
                .forEach(stage -> append(stage, shown, rows));
        if (rows.isEmpty()) {
            return "";
        }
        return "\n| network, compact file | form | accuracy | bytes | not coded | nor sparse | float32 parameters by it |\n"
                + "|---|---|---|---|---|---|---|\n" + rows;
    }

    private static void append(StageOverSeeds stage, Set<Object> shown, StringBuilder rows) {
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
                    stage.figures().accuracy().percent(),
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
