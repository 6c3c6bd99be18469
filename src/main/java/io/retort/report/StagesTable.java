package io.retort.report;

import io.retort.report.StudentSection.CompressionSection;
import io.retort.report.StudentSection.SpeedSection;
import io.retort.report.StudentSection.StageSection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What compression made of students, as a Markdown table: each stage over the seeds beside the stage before it, the
 * distilled student and the teacher.
 *
 * <p>Stages that several students share, such as one distillation that is followed by different compressors, are shown
 * with the first of them.
 */
final class StagesTable {
    private StagesTable() {}

    /** The table, after an empty line; nothing where no student was compressed. */
    static String of(Report report) {
        List<List<StudentSection>> students = report.students().stream()
                .map(StudentSection::name)
                .distinct()
                .map(report::seeds)
                .filter(seeds -> seeds.stream().anyMatch(seed -> seed.stages().size() > 1))
                .toList();
        if (students.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder(
                ("\n| student and stage | %2$s | %3$s | %4$s [95 %] | to the baseline | to the teacher"
                                + " | agreement | parameters | MACs | zeros | ONNX bytes | p50 ms | of distilled's p50 | %1$s/s | of distilled's %1$s/s |\n"
                                + "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n")
                        .replace("%1$s", report.dataset().noun())
                        .replace("%2$s", report.dataset().score())
                        .replace("%3$s", report.dataset().unit().heading("by this stage"))
                        .replace("%4$s", report.dataset().unit().heading("since distillation")));
        Set<Object> shown = new HashSet<>();
        for (List<StudentSection> seeds : students) {
            for (StageOverSeeds stage : StageOverSeeds.of(seeds)) {
                if (shown.add(
                        stage.sections().stream().map(StageSection::outcome).toList())) {
                    text.append(row(stage, report));
                }
            }
        }
        return text.toString();
    }

    private static String row(StageOverSeeds stage, Report report) {
        ScoreUnit unit = report.dataset().unit();
        OverSeeds figures = stage.figures();
        double drop = stage.sections().stream()
                .mapToDouble(StagesTable::drop)
                .average()
                .orElseThrow();
        boolean compressed = stage.compressed();
        String afterDistillation = stage.after()
                ? unit.text(Comparison.of(
                        unit,
                        figures.each().stream().map(Figures::accuracy).toList(),
                        stage.distilled().stream().map(Figures::accuracy).toList(),
                        report.dataset().testSamples()))
                : "";
        return String.format(
                Locale.ROOT,
                "| %s, %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |%n",
                stage.student(),
                stage.title(),
                unit.text(figures.accuracy()),
                compressed ? unit.difference(-drop) : "",
                afterDistillation,
                toBaseline(unit, stage),
                unit.difference(figures.accuracy().mean() - report.teacher().accuracy()),
                unit.text(figures.agreement()),
                figures.count(Figures::parameters),
                figures.count(Figures::macs),
                compressed ? percent(sparsity(stage)) : "",
                figures.count(Figures::bytes),
                figures.p50().text("%.3f"),
                ratio(stage.speed(SpeedSection::p50)),
                figures.throughput().text("%,.0f"),
                ratio(stage.speed(SpeedSection::batch)));
    }

    private static String toBaseline(ScoreUnit unit, StageOverSeeds stage) {
        OptionalDouble baselines = stage.meanOfBaselines();
        return baselines.isPresent()
                ? unit.difference(stage.figures().accuracy().mean() - baselines.getAsDouble())
                : "";
    }

    private static double drop(StageSection stage) {
        return stage.compression().stream()
                .mapToDouble(CompressionSection::drop)
                .sum();
    }

    private static double sparsity(StageOverSeeds stage) {
        return stage.sections().stream()
                .flatMap(section -> section.compression().stream())
                .mapToDouble(CompressionSection::sparsity)
                .average()
                .orElseThrow();
    }

    private static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * fraction);
    }

    private static String ratio(OptionalDouble of) {
        return of.isPresent() ? String.format(Locale.ROOT, "%.2f", of.getAsDouble()) : "";
    }
}
