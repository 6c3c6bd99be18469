package io.retort.distill.loss;

import io.retort.data.LabelColumns;
import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import java.util.EnumSet;
import java.util.Set;

/**
 * Mean-squared error of the logits: {@code ½ · Σ (z − v)²} over the classes, where z and v are the student's and the
 * teacher's logits.
 *
 * <p>Ba and Caruana 2014, section 2.2, arXiv:1312.6184: logits distinguish small probabilities better than
 * probabilities do. Logits are {@code [batch, classes]}, as they are: unlike softmax, it sees when all logits of a
 * sample move together. In squared logits, a mean over the batch; smaller is better, and 0 where student and teacher
 * agree. The gradient by a student's logit is {@code (z − v) / batch}.
 */
public final class LogitMseLoss implements LogitLoss {
    /** Kind {@code logit-mse}. */
    public record Settings(Schedule weight) implements LossSettings {
        public Settings {
            LossSettings.requireWeight(weight);
        }

        /** A weight that does not move. */
        public Settings(double weight) {
            this(Schedule.of(weight));
        }

        @Override
        public LogitLoss create() {
            return new LogitMseLoss();
        }

        @Override
        public Set<LabelColumns.Kind> targets() {
            return EnumSet.complementOf(EnumSet.of(LabelColumns.Kind.EMBEDDING));
        }
    }

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        double sum = 0;
        for (int i = 0; i < gradient.length; i++) {
            double difference = batch.student()[i] - batch.teacher()[i];
            sum += difference * difference / 2;
            gradient[i] += weight * difference / batch.size();
        }
        return sum / batch.size();
    }
}
