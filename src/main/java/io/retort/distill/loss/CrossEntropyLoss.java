package io.retort.distill.loss;

import io.retort.distill.schedule.Course;
import io.retort.engine.Softmax;

/**
 * Cross-entropy with the labels: {@code −Σ t·log q}, where q is the student's softmax and
 * {@code t = (1 − ε)·label + ε / classes} is the label smoothed by ε.
 *
 * <p>Label smoothing: Szegedy et al. 2016, section 7, arXiv:1512.00567. Logits and labels are {@code [batch, classes]}. In nats, a
 * mean over the batch; smaller is better. The gradient by a logit is {@code (q − t) / batch}.
 */
public final class CrossEntropyLoss implements LogitLoss {
    /** Kind {@code cross-entropy}. Label smoothing 0 leaves the labels as they are; 0.1 is usual. */
    public record Settings(Course weight, double labelSmoothing) implements LossSettings {
        public Settings {
            LossSettings.requireWeight(weight);
            if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
                throw new IllegalArgumentException("label-smoothing must be in [0, 1), was " + labelSmoothing);
            }
        }

        /** A weight that does not move. */
        public Settings(double weight, double labelSmoothing) {
            this(Course.of(weight), labelSmoothing);
        }

        @Override
        public LogitLoss create() {
            return new CrossEntropyLoss(labelSmoothing);
        }

        @Override
        public Source source() {
            return Source.LABELS;
        }

        @Override
        public boolean inNats() {
            return true;
        }
    }

    private final double labelSmoothing;

    CrossEntropyLoss(double labelSmoothing) {
        this.labelSmoothing = labelSmoothing;
    }

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        int classes = batch.classes();
        double[] logStudent = new double[classes];
        double sum = 0;
        for (int from = 0; from < gradient.length; from += classes) {
            Softmax.logOfRow(batch.student(), from, classes, 1, logStudent);
            for (int c = 0; c < classes; c++) {
                double target = (1 - labelSmoothing) * batch.targets()[from + c] + labelSmoothing / classes;
                if (target > 0) {
                    sum -= target * logStudent[c];
                }
                gradient[from + c] += weight * (Math.exp(logStudent[c]) - target) / batch.size();
            }
        }
        return sum / batch.size();
    }
}
