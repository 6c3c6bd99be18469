package io.retort.evaluate;

import io.retort.data.Labels;
import io.retort.data.Labels.LabelCounts;
import io.retort.evaluate.Evaluation.ConfidenceBin;
import io.retort.evaluate.Metrics.Metric;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Rows are of one class each; the score is accuracy, the fraction of rows whose class is predicted. */
record ClassTask(int classes) implements Task {
    static final String ACCURACY = "accuracy";

    @Override
    public String score() {
        return ACCURACY;
    }

    @Override
    public boolean needsLabels() {
        return true;
    }

    @Override
    public Task.Accumulator tally(Evaluation.Settings settings) {
        return new ClassTally(settings, classes);
    }

    @Override
    public double score(float[] outputs, float[] teacherOutputs, Labels labels) {
        int right = 0;
        int labelled = 0;
        for (int row = 0; row < labels.rows(); row++) {
            if (labels.isPresent(row)) {
                right += Prediction.greatest(outputs, row * classes, classes) == labels.classOf(row) ? 1 : 0;
                labelled++;
            }
        }
        return (double) right / labelled;
    }

    @Override
    public double constantScore(LabelCounts labels) {
        return (double) Collections.max(labels.byClass()) / labels.labelled();
    }

    @Override
    public ContingencyTable pairs(float[] first, float[] second, Labels labels) {
        return ContingencyTable.of(first, second, labels);
    }

    @Override
    public boolean agree(float[] given, float[] reference, int row) {
        return Prediction.greatest(given, row * classes, classes)
                == Prediction.greatest(reference, row * classes, classes);
    }

    /**
     * The sums of all metrics, the confusion matrix, and of two classes the scores, over some samples, each of which
     * has a label.
     */
    static final class ClassTally implements Task.Accumulator {
        private static final long serialVersionUID = 1L;

        private final Evaluation.Settings settings;
        private final int classes;
        private final double[] sums;
        private final long[] confusion;
        private final ScoreCounts scores = new ScoreCounts();
        private long samples;

        ClassTally(Evaluation.Settings settings, int classes) {
            this.settings = settings;
            this.classes = classes;
            this.sums = new double
                    [Metrics.all(settings, classes).values().stream()
                            .mapToInt(Metric::sums)
                            .sum()];
            this.confusion = new long[classes * classes];
        }

        /** Every row has a label. */
        @Override
        public void add(float[] outputs, float[] teacherOutputs, Labels labels) {
            Prediction prediction = new Prediction(classes);
            Map<String, Metric> metrics = Metrics.all(settings, classes);
            for (int row = 0; row < labels.rows(); row++) {
                prediction.fill(outputs, teacherOutputs, row, labels.classOf(row));
                int at = 0;
                for (Metric metric : metrics.values()) {
                    metric.add(prediction, sums, at);
                    at += metric.sums();
                }
                confusion[labels.classOf(row) * classes + prediction.predicted()]++;
            }
            if (classes == 2) {
                scores.add(ScoreCounts.differences(outputs), labels.classes());
            }
            samples += labels.rows();
        }

        @Override
        public void add(Task.Accumulator other) {
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
            List<ConfidenceBin> confidence = new ArrayList<>();
            int at = 0;
            for (Map.Entry<String, Metric> entry :
                    Metrics.all(settings, classes).entrySet()) {
                values.put(entry.getKey(), entry.getValue().value(sums, at, samples));
                confidence.addAll(entry.getValue().bins(sums, at));
                at += entry.getValue().sums();
            }
            scores.areaUnderRoc().ifPresent(area -> values.put("area-under-roc", area));
            scores.averagePrecision().ifPresent(mean -> values.put("average-precision", mean));
            return new Evaluation(samples, values, Evaluation.rows(confusion, classes), List.of(), confidence);
        }
    }
}
