package io.retort.distill.loss;

import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import io.retort.engine.Softmax;
import java.util.Arrays;

/**
 * Soft-target distillation: {@code T² · KL(p ‖ q)}, where p and q are the teacher's and the student's softmax at
 * temperature T.
 *
 * <p>T² keeps the size of the gradient independent of T (Hinton, Vinyals, Dean 2015, section 2, arXiv:1503.02531).
 * Logits are {@code [batch, classes]}. In nats, a mean over the batch; smaller is better, and 0 where student and
 * teacher agree. The gradient by a student's logit is {@code T · (q − p) / batch}.
 */
public final class SoftTargetLoss implements LogitLoss {
    /** Kind {@code soft-target}. Temperature 1 leaves the logits as they are; 2 to 8 is usual. */
    public record Settings(Schedule weight, Schedule temperature) implements LossSettings.OfClasses {
        public Settings {
            LossSettings.requireWeight(weight);
            LossSettings.requireTemperature(temperature);
        }

        /** A weight and a temperature that do not move. */
        public Settings(double weight, double temperature) {
            this(Schedule.of(weight), Schedule.of(temperature));
        }

        @Override
        public LogitLoss create() {
            return new SoftTargetLoss(temperature);
        }
    }

    private final Schedule temperature;

    SoftTargetLoss(Schedule temperature) {
        this.temperature = temperature;
    }

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        double[] ones = new double[batch.size()];
        Arrays.fill(ones, 1);
        return evaluate(batch, ones, weight, gradient);
    }

    /** The same, where each row counts as much as its weight. */
    double evaluate(LogitBatch batch, double[] rowWeights, double weight, double[] gradient) {
        double temperature = this.temperature.at(batch.progress());
        int classes = batch.classes();
        double[] logStudent = new double[classes];
        double[] logTeacher = new double[classes];
        double sum = 0;
        for (int row = 0; row < batch.size(); row++) {
            int from = row * classes;
            Softmax.logOfRow(batch.student(), from, classes, temperature, logStudent);
            Softmax.logOfRow(batch.teacher(), from, classes, temperature, logTeacher);
            for (int c = 0; c < classes; c++) {
                double teacher = Math.exp(logTeacher[c]);
                if (teacher > 0) {
                    sum += rowWeights[row] * teacher * (logTeacher[c] - logStudent[c]);
                }
                gradient[from + c] +=
                        rowWeights[row] * weight * temperature * (Math.exp(logStudent[c]) - teacher) / batch.size();
            }
        }
        return temperature * temperature * sum / batch.size();
    }
}
