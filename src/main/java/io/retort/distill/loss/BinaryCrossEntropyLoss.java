package io.retort.distill.loss;

import io.retort.config.SettingException;
import io.retort.data.LabelColumns;
import io.retort.data.Target;
import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import java.util.List;
import java.util.Set;

/**
 * Cross-entropy with a 0 or a 1 for each of several classes, each on its own:
 * {@code −(1 / classes) · Σ (w·y·log q + (1 − y)·log(1 − q))}, where q is the sigmoid of the student's logit, y the
 * label, and w the weight of the class's positive rows, 1 unless given.
 *
 * <p>Logits and labels are {@code [batch, classes]}. In nats, a mean over classes and batch; smaller is better. The
 * gradient by a logit is {@code (q·(w·y + 1 − y) − w·y) / (classes · batch)}. Weights: King, Zeng 2001, Political
 * Analysis 9, section 3.2; {@code (rows − rows of the class) / rows of the class} gives rows with and without a class
 * the same share. A row without label adds nothing, and counts as a row of the batch: see
 * {@link LossSettings.Source#LABELS}.
 */
public final class BinaryCrossEntropyLoss implements LogitLoss {
    /**
     * Kind {@code binary-cross-entropy}.
     *
     * @param positiveWeight by class index; none where rows with a class count as much as those without it
     */
    public record Settings(Schedule weight, List<Double> positiveWeight) implements LossSettings.FromLabels {
        public Settings {
            LossSettings.requireWeight(weight);
            positiveWeight = List.copyOf(positiveWeight);
            positiveWeight.forEach(factor -> LossSettings.requireFactor("positive-weight", factor));
        }

        @Override
        public LogitLoss create() {
            return new BinaryCrossEntropyLoss(positiveWeight);
        }

        @Override
        public Set<LabelColumns.Kind> targets() {
            return Set.of(LabelColumns.Kind.SEVERAL_CLASSES);
        }

        @Override
        public void requireFits(Target target) {
            LossSettings.FromLabels.super.requireFits(target);
            if (!positiveWeight.isEmpty() && positiveWeight.size() != target.outputs()) {
                throw new SettingException(
                        "positive-weight",
                        "must have a weight for each of the " + target.outputs() + " classes, was " + positiveWeight);
            }
        }

        @Override
        public boolean inNats() {
            return true;
        }
    }

    private final List<Double> positiveWeight;

    BinaryCrossEntropyLoss(List<Double> positiveWeight) {
        this.positiveWeight = positiveWeight;
    }

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        int classes = batch.classes();
        double parts = (double) classes * batch.size();
        double sum = 0;
        for (int i = 0; i < gradient.length; i++) {
            if (batch.labelWeight(i / classes) == 0) {
                continue; // it has no label
            }
            double logit = batch.student()[i];
            double positive = batch.targets()[i] * (positiveWeight.isEmpty() ? 1 : positiveWeight.get(i % classes));
            double negative = 1 - batch.targets()[i];
            sum += positive * softplus(-logit) + negative * softplus(logit);
            gradient[i] += weight * (sigmoid(logit) * (positive + negative) - positive) / parts;
        }
        return sum / parts;
    }

    /** {@code log(1 + eˣ) = −log(1 − sigmoid(x))}. */
    static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    static double sigmoid(double x) {
        return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
    }
}
