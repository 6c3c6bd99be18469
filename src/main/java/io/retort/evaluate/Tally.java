package io.retort.evaluate;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The sums of all metrics, the confusion matrix, and of two classes the scores, over some samples. */
final class Tally implements Serializable {
    private static final long serialVersionUID = 1L;

    private final EvaluationSettings settings;
    private final int classes;
    private final double[] sums;
    private final long[] confusion;
    private final ScoreCounts scores = new ScoreCounts();
    private long samples;

    Tally(EvaluationSettings settings, int classes) {
        this.settings = settings;
        this.classes = classes;
        this.sums = new double
                [Metrics.all(settings, classes).values().stream()
                        .mapToInt(Metric::sums)
                        .sum()];
        this.confusion = new long[classes * classes];
    }

    /** Adds the samples whose logits, and whose teacher's logits, are the rows of {@code [samples, classes]}. */
    void add(float[] logits, float[] teacherLogits, int[] labels) {
        Prediction prediction = new Prediction(classes);
        Map<String, Metric> metrics = Metrics.all(settings, classes);
        for (int row = 0; row < labels.length; row++) {
            prediction.fill(logits, teacherLogits, row, labels[row]);
            int at = 0;
            for (Metric metric : metrics.values()) {
                metric.add(prediction, sums, at);
                at += metric.sums();
            }
            confusion[labels[row] * classes + prediction.predicted()]++;
        }
        if (classes == 2) {
            scores.add(logits, labels);
        }
        samples += labels.length;
    }

    void add(Tally other) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += other.sums[i];
        }
        for (int i = 0; i < confusion.length; i++) {
            confusion[i] += other.confusion[i];
        }
        scores.add(other.scores);
        samples += other.samples;
    }

    /** The tally of all samples of several. */
    static Tally sum(List<Tally> parts) {
        Tally sum = new Tally(parts.get(0).settings, parts.get(0).classes);
        parts.forEach(sum::add);
        return sum;
    }

    Evaluation evaluation() {
        Map<String, Double> values = new TreeMap<>();
        int at = 0;
        for (Map.Entry<String, Metric> entry : Metrics.all(settings, classes).entrySet()) {
            values.put(entry.getKey(), entry.getValue().value(sums, at, samples));
            at += entry.getValue().sums();
        }
        scores.areaUnderRoc().ifPresent(area -> values.put("area-under-roc", area));
        return new Evaluation(samples, values, Evaluation.rows(confusion, classes));
    }
}
