package io.retort.report;

import io.retort.report.Report.CompactSection;
import io.retort.report.Report.StageSection;
import io.retort.report.Report.StudentSection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What students take as compact files, as a Markdown table: the stages of each student's first seed, those that students share with the first of them. */
final class CompactTable {
    private CompactTable() {}

    /** The table, after an empty line; nothing where no recipe asked for such files. */
    static String of(List<StudentSection> students) {
        StringBuilder rows = new StringBuilder();
        Set<String> seen = new HashSet<>();
        Set<Object> shown = new HashSet<>();
        students.stream().filter(student -> seen.add(student.name())).forEach(student -> append(student, shown, rows));
        if (rows.isEmpty()) {
            return "";
        }
        return "\n| network, compact file | form | accuracy | bytes | not coded | nor sparse | float32 parameters by it |\n"
                + "|---|---|---|---|---|---|---|\n" + rows;
    }

    private static void append(StudentSection student, Set<Object> shown, StringBuilder rows) {
        for (int i = 0; i < student.stages().size(); i++) {
            StageSection stage = student.stages().get(i);
            for (CompactSection compact : stage.compact()) {
                if (!shown.add(List.of(student.seed(), stage.outcome(), compact))) {
                    continue;
                }
                rows.append(String.format(
                        Locale.ROOT,
                        "| %s, seed %d, %d %s%s | %s | %.2f %% | %,d | %,d | %,d | %.1f |%n",
                        student.name(),
                        student.seed(),
                        i + 1,
                        stage.kind(),
                        stage.stayed() ? "" : ", undone",
                        compact.form(),
                        100 * stage.figures().accuracy(),
                        compact.bytes(),
                        compact.uncodedBytes(),
                        compact.denseBytes(),
                        compact.ratio()));
            }
        }
    }
}
