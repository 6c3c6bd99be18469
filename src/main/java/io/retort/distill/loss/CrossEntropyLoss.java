package io.retort.distill.loss;

import io.retort.config.SettingException;
import io.retort.data.Target;
import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import io.retort.engine.Softmax;
import io.retort.network.ShapeException;
import java.util.List;

/**
 * Cross-entropy with the labels: {@code −Σ w·t·log q}, where q is the student's softmax,
 * {@code t = (1 − ε)·label + ε / classes} the label smoothed by ε, and w the weight of the class, 1 unless given.
 *
 * <p>Label smoothing: Szegedy et al. 2016, section 7, arXiv:1512.00567. Class weights: King, Zeng 2001, Political
 * Analysis 9, section 3.2; {@code rows / (classes · rows of the class)} gives every class the same share. Logits and
 * labels are {@code [batch, classes]}. In nats, a mean over the batch (not divided by the weights' sum, so that a batch
 * without rare rows pulls no harder); smaller is better. The gradient by logit j is
 * {@code (qⱼ · Σ w·t − wⱼ·tⱼ) / batch}. A row without label adds nothing, and counts as a row of the batch: see
 * {@link LossSettings.Source#LABELS}.
 */
public final class CrossEntropyLoss implements LogitLoss {
    /**
     * Kind {@code cross-entropy}.
     *
     * @param labelSmoothing 0 leaves the labels as they are; 0.1 is usual
     * @param classWeights by class index; none where all classes weigh the same
     */
    public record Settings(Schedule weight, double labelSmoothing, List<Double> classWeights)
            implements LossSettings.OfClasses, LossSettings.FromLabels {
        public Settings {
            LossSettings.requireWeight(weight);
            classWeights = List.copyOf(classWeights);
            classWeights.forEach(factor -> LossSettings.requireFactor("class-weights", factor));
            if (!classWeights.isEmpty() && classWeights.stream().allMatch(factor -> factor == 0)) {
                throw new SettingException("class-weights", "must not all be 0, was " + classWeights);
            }
            if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
                throw new SettingException("label-smoothing", "must be in [0, 1), was " + labelSmoothing);
            }
        }

        /** A weight that does not move. */
        public Settings(double weight, double labelSmoothing) {
            this(Schedule.of(weight), labelSmoothing, List.of());
        }

        @Override
        public LogitLoss create() {
            return new CrossEntropyLoss(labelSmoothing, classWeights);
        }

        @Override
        public void requireFits(Target target) {
            LossSettings.FromLabels.super.requireFits(target);
            if (!classWeights.isEmpty() && classWeights.size() != target.outputs()) {
                throw new SettingException(
                        "class-weights",
                        "must have a weight for each of the " + target.outputs() + " classes, was " + classWeights);
            }
        }
    }

    /**
     * Kind {@code hard-target}: cross-entropy with the class that the teacher finds most probable, the first of equals, of
     * every row, whether or not it has a label.
     */
    public record HardTarget(Schedule weight) implements LossSettings.OfClasses {
        public HardTarget {
            LossSettings.requireWeight(weight);
        }

        @Override
        public LogitLoss create() {
            CrossEntropyLoss loss = new CrossEntropyLoss(0, List.of());
            return (batch, factor, gradient) -> loss.evaluate(
                    LogitBatch.labelled(batch.size(), batch.classes(), batch.student(), hard(batch)), factor, gradient);
        }

        private static double[] hard(LogitBatch batch) {
            int classes = batch.classes();
            double[] hard = new double[batch.teacher().length];
            for (int from = 0; from < hard.length; from += classes) {
                int best = from;
                for (int c = from + 1; c < from + classes; c++) {
                    best = batch.teacher()[c] > batch.teacher()[best] ? c : best;
                }
                hard[best] = 1;
            }
            return hard;
        }
    }

    private final double labelSmoothing;
    private final List<Double> classWeights;

    CrossEntropyLoss(double labelSmoothing, List<Double> classWeights) {
        this.labelSmoothing = labelSmoothing;
        this.classWeights = classWeights;
    }

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        int classes = batch.classes();
        if (!classWeights.isEmpty() && classWeights.size() != classes) {
            throw new ShapeException(
                    classWeights.size() + " class-weights do not fit logits of " + classes + " classes");
        }
        double[] logStudent = new double[classes];
        double[] targets = new double[classes];
        double sum = 0;
        for (int row = 0; row < batch.size(); row++) {
            double rowWeight = batch.labelWeight(row);
            if (rowWeight == 0) {
                continue; // it has no label
            }
            int from = row * classes;
            Softmax.logOfRow(batch.student(), from, classes, 1, logStudent);
            double total = 0;
            for (int c = 0; c < classes; c++) {
                targets[c] = (1 - labelSmoothing) * batch.targets()[from + c] + labelSmoothing / classes;
                if (!classWeights.isEmpty()) {
                    targets[c] *= classWeights.get(c);
                }
                total += targets[c];
            }
            double pull = classWeights.isEmpty() ? 1 : total; // labels are distributions
            for (int c = 0; c < classes; c++) {
                if (targets[c] > 0) {
                    sum -= rowWeight * targets[c] * logStudent[c];
                }
                gradient[from + c] += rowWeight * weight * (pull * Math.exp(logStudent[c]) - targets[c]) / batch.size();
            }
        }
        return sum / batch.size();
    }
}
