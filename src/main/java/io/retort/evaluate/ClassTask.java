package io.retort.evaluate;

import io.retort.data.Samples;
import java.util.Collections;
import java.util.List;

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
    public MetricAccumulator tally(EvaluationSettings settings) {
        return new ClassTally(settings, classes);
    }

    @Override
    public double score(float[] outputs, float[] teacherOutputs, Samples rows) {
        int right = 0;
        int labelled = 0;
        for (int row = 0; row < rows.count(); row++) {
            if (rows.isLabelled(row)) {
                right += Prediction.greatest(outputs, row * classes, classes) == rows.labels()[row] ? 1 : 0;
                labelled++;
            }
        }
        return (double) right / labelled;
    }

    @Override
    public double constantScore(List<Long> labelCounts) {
        long rows = labelCounts.stream().mapToLong(Long::longValue).sum();
        return (double) Collections.max(labelCounts) / rows;
    }
}
