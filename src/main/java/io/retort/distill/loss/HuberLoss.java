package io.retort.distill.loss;

import io.retort.config.SettingException;
import io.retort.data.LabelColumns;
import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import java.util.Set;

/**
 * Huber's loss of numbers: {@code Σ h(z − y)} over the numbers, where z and y are the student's and the label's or the
 * teacher's, and {@code h(d) = d² / 2} where {@code |d| ≤ δ}, {@code δ · (|d| − δ / 2)} beyond, so that single rows that
 * are far off pull no harder. With δ infinite it is half the squared error.
 *
 * <p>Huber 1964, Annals of Mathematical Statistics 35(1), page 73. Numbers are {@code [batch, numbers]}, standardised by
 * the training labels' mean and deviation; so δ is in deviations, and {@code squared-error} without a network is half
 * the number of numbers. Without unit, a mean over the batch; smaller is better. The gradient by a number is
 * {@code max(−δ, min(δ, z − y)) / batch}. Of the losses of labels, a row without label adds nothing, and counts as a row
 * of the batch: see {@link LossSettings.Source#LABELS}.
 */
public final class HuberLoss implements LogitLoss {
    /** What is predicted is a number, and there is a truth for it. */
    private interface NumberLossSettings extends LossSettings {
        @Override
        default Set<LabelColumns.Kind> targets() {
            return Set.of(LabelColumns.Kind.NUMBERS);
        }
    }

    /** Kind {@code squared-error}: half the squared distance from the label. */
    public record SquaredError(Schedule weight) implements NumberLossSettings, LossSettings.FromLabels {
        public SquaredError {
            LossSettings.requireWeight(weight);
        }

        @Override
        public LogitLoss create() {
            return new HuberLoss(Double.POSITIVE_INFINITY, Source.LABELS);
        }
    }

    /** Kind {@code huber}: to the label. */
    public record Settings(Schedule weight, double delta) implements NumberLossSettings, LossSettings.FromLabels {
        public Settings {
            LossSettings.requireWeight(weight);
            requireDelta(delta);
        }

        @Override
        public LogitLoss create() {
            return new HuberLoss(delta, Source.LABELS);
        }
    }

    /** Kind {@code teacher-huber}: to the teacher's numbers. */
    public record ToTeacher(Schedule weight, double delta) implements NumberLossSettings {
        public ToTeacher {
            LossSettings.requireWeight(weight);
            requireDelta(delta);
        }

        @Override
        public LogitLoss create() {
            return new HuberLoss(delta, Source.TEACHER);
        }
    }

    private static void requireDelta(double delta) {
        if (!(delta > 0 && delta < Double.POSITIVE_INFINITY)) {
            throw new SettingException("delta", "must be finite and > 0, was " + delta);
        }
    }

    private final double delta;
    private final LossSettings.Source source;

    HuberLoss(double delta, LossSettings.Source source) {
        this.delta = delta;
        this.source = source;
    }

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        boolean ofLabels = source == LossSettings.Source.LABELS;
        double[] truth = ofLabels ? batch.targets() : batch.teacher();
        double sum = 0;
        for (int i = 0; i < gradient.length; i++) {
            if (ofLabels && batch.labelWeight(i / batch.classes()) == 0) {
                continue; // it has no label
            }
            double apart = batch.student()[i] - truth[i];
            double size = Math.abs(apart);
            sum += size <= delta ? apart * apart / 2 : delta * (size - delta / 2);
            gradient[i] += weight * Math.max(-delta, Math.min(delta, apart)) / batch.size();
        }
        return sum / batch.size();
    }
}
