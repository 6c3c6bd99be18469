package io.retort.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What is left of a teacher's vectors in those of students, in sentences: a cosine alone does not tell it. */
final class VectorLines {
    private static final String RECALL = "recall-at-10";
    private static final String BY_CLASS = "neighbour-accuracy";

    private VectorLines() {}

    /** One for each student; none where networks give no vectors. */
    static List<String> of(Report report) {
        List<String> lines = new ArrayList<>();
        for (SummarySection summary : report.summary()) {
            List<Map<String, Double>> seeds = report.overSeeds(summary.name()).each().stream()
                    .map(Figures::metrics)
                    .toList();
            figure(seeds, RECALL)
                    .ifPresent(recall -> lines.add(summary.title() + ": " + recall.percent()
                            + " of the ten nearest by the teacher's vectors are among the ten nearest; "
                            + byClass(report, seeds)
                            + String.format(
                                    Locale.ROOT,
                                    "one vector for all would have the cosine %.4f",
                                    seeds.get(0).get("constant-cosine"))));
        }
        return lines;
    }

    private static String byClass(Report report, List<Map<String, Double>> seeds) {
        Optional<MeanAndDeviation> accuracy = figure(seeds, BY_CLASS);
        double teacher = report.teacher().figures().metrics().getOrDefault(BY_CLASS, 0.0);
        if (accuracy.isEmpty() || teacher == 0) {
            return "";
        }
        MeanAndDeviation kept = MeanAndDeviation.of(
                seeds.stream().map(metrics -> metrics.get(BY_CLASS) / teacher).toList());
        return accuracy.get().percent() + " are of the class of most of their ten nearest, by the teacher's vectors "
                + MeanAndDeviation.of(List.of(teacher)).percent() + ", of which " + kept.percent() + " is kept; ";
    }

    private static Optional<MeanAndDeviation> figure(List<Map<String, Double>> seeds, String name) {
        return seeds.stream().allMatch(metrics -> metrics.containsKey(name))
                ? Optional.of(MeanAndDeviation.of(
                        seeds.stream().map(metrics -> metrics.get(name)).toList()))
                : Optional.empty();
    }
}
