package io.retort.evaluate;

import io.retort.data.Samples;
import java.util.Map;
import java.util.TreeMap;

/** The sums of all metrics, the confusion matrix, and of two classes the scores, over some samples, each of which has a label. */
final class ClassTally implements MetricAccumulator {
    private static final long serialVersionUID = 1L;

    private final EvaluationSettings settings;
    private final int classes;
    private final double[] sums;
    private final long[] confusion;
    private final ScoreCounts scores = new ScoreCounts();
    private long samples;

    ClassTally(EvaluationSettings settings, int classes) {
        this.settings = settings;
        this.classes = classes;
        this.sums = new double
                [Metrics.all(settings, classes).values().stream()
                        .mapToInt(Metric::sums)
                        .sum()];
        this.confusion = new long[classes * classes];
    }

    @Override
    public void add(float[] outputs, float[] teacherOutputs, Samples rows) {
        add(outputs, teacherOutputs, rows.labels());
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

    @Override
    public void add(MetricAccumulator other) {
        ClassTally that = (ClassTally) other;
        for (int i = 0; i < sums.length; i++) {
            sums[i] += that.sums[i];
        }
        for (int i = 0; i < confusion.length; i++) {
            confusion[i] += that.confusion[i];
        }
        scores.add(that.scores);
        samples += that.samples;
    }

    @Override
    public Evaluation evaluation() {
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
