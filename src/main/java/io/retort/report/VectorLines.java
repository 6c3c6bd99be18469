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
    private static final String PROBE = "probe-accuracy";

    private VectorLines() {}

    /** Why there is no baseline, and one for each student; none where networks give no vectors. */
    static List<String> of(Report report) {
        List<String> lines = new ArrayList<>();
        if (report.dataset().hasVectors() && !report.summary().isEmpty()) {
            lines.add(
                    "no baseline: only the teacher says where a row's vector points, so nothing is learned without it");
        }
        for (SummarySection summary : report.summary()) {
            List<Map<String, Double>> seeds = report.overSeeds(summary.name()).each().stream()
                    .map(Figures::metrics)
                    .toList();
            figure(seeds, RECALL)
                    .ifPresent(recall -> lines.add(summary.title() + ": " + recall.percent()
                            + " of the ten nearest by the teacher's vectors are among the ten nearest; "
                            + kept(report, seeds, BY_CLASS, " are of the class of most of their ten nearest")
                            + kept(report, seeds, PROBE, " are of the class that a linear classifier finds")
                            + String.format(
                                    Locale.ROOT,
                                    "one vector for all would have the cosine %.4f",
                                    seeds.get(0).get("constant-cosine"))));
        }
        return lines;
    }

    /** A share of the rows, by the student's vectors and by the teacher's; empty where it was not measured. */
    private static String kept(Report report, List<Map<String, Double>> seeds, String metric, String sentence) {
        Optional<MeanAndDeviation> share = figure(seeds, metric);
        double teacher = report.teacher().figures().metrics().getOrDefault(metric, 0.0);
        if (share.isEmpty() || teacher == 0) {
            return "";
        }
        MeanAndDeviation kept = MeanAndDeviation.of(
                seeds.stream().map(metrics -> metrics.get(metric) / teacher).toList());
        return share.get().percent() + sentence + ", by the teacher's vectors "
                + MeanAndDeviation.of(List.of(teacher)).percent() + ", of which " + kept.percent() + " is kept; ";
    }

    private static Optional<MeanAndDeviation> figure(List<Map<String, Double>> seeds, String name) {
        return seeds.stream().allMatch(metrics -> metrics.containsKey(name))
                ? Optional.of(MeanAndDeviation.of(
                        seeds.stream().map(metrics -> metrics.get(name)).toList()))
                : Optional.empty();
    }
}
