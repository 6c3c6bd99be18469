package io.retort.pipeline;

import io.retort.report.Comparison;
import io.retort.report.Report.Figures;
import io.retort.report.Report.StudentSection;
import io.retort.report.Report.SummarySection;
import io.retort.report.Spread;
import java.util.ArrayList;
import java.util.List;

/** Students over their seeds. */
final class Summaries {
    private Summaries() {}

    static List<SummarySection> of(Recipe recipe, List<StudentSection> students, Figures teacher, long testSamples) {
        List<SummarySection> summaries = new ArrayList<>();
        for (StudentSettings settings : recipe.students()) {
            List<StudentSection> seeds = students.stream()
                    .filter(student -> student.name().equals(settings.name()))
                    .toList();
            List<Double> accuracies = seeds.stream()
                    .map(student -> student.distilled().accuracy())
                    .toList();
            List<Double> baselines =
                    seeds.stream().map(student -> student.baseline().accuracy()).toList();
            Comparison comparison = Comparison.of(accuracies, baselines, testSamples);
            summaries.add(new SummarySection(
                    settings.name(),
                    Spread.of(accuracies),
                    Spread.of(baselines),
                    comparison,
                    comparison.verdict().toString(),
                    (double) teacher.parameters() / seeds.get(0).distilled().parameters()));
        }
        return summaries;
    }
}
