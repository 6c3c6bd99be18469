package io.retort.distill.loss;

import io.retort.config.SettingException;
import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import java.util.Optional;

/**
 * Teacher-free regularisation: {@code T² · KL(p ‖ q)}, where q is the student's softmax at temperature T and p a
 * teacher made up from the label, softened by the same T: it gives the label's class the probability a, and every other
 * {@code (1 − a) / (classes − 1)}.
 *
 * <p>Yuan et al. 2020, section 4.2, arXiv:1909.11723 (Tf-KD, regularisation), without T² there and without softening
 * the student in the authors' code. Unlike label smoothing ours softens the student too. Softening raises probabilities
 * to the power 1/T; the authors' code divides them by T instead, before a softmax. Logits and labels are
 * {@code [batch, classes]}; of a label that is a distribution, p is the mean. A row without label adds nothing, and
 * counts as a row of the batch. In nats, a mean over the batch; smaller is better. The gradient by a student's logit is
 * {@code T · (q − p) / batch}.
 */
public final class TeacherFreeLoss implements LogitLoss {
    /**
     * Kind {@code teacher-free}.
     *
     * @param correctProbability a; the paper has 0.9 or more
     * @param temperature the paper has 20, its code 10 to 40
     */
    public record Settings(Schedule weight, double correctProbability, Schedule temperature)
            implements LossSettings.OfClasses, LossSettings.FromLabels {
        public Settings {
            LossSettings.requireWeight(weight);
            if (!(correctProbability > 0 && correctProbability < 1)) {
                throw new SettingException("correct-probability", "must be in (0, 1), was " + correctProbability);
            }
            LossSettings.requireTemperature(temperature);
        }

        /** A weight and a temperature that do not move. */
        public Settings(double weight, double correctProbability, double temperature) {
            this(Schedule.of(weight), correctProbability, Schedule.of(temperature));
        }

        @Override
        public LogitLoss create() {
            return new TeacherFreeLoss(correctProbability, temperature);
        }
    }

    private final double correctProbability;
    private final SoftTargetLoss loss;

    TeacherFreeLoss(double correctProbability, Schedule temperature) {
        this.correctProbability = correctProbability;
        this.loss = new SoftTargetLoss(temperature);
    }

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        double other = (1 - correctProbability) / Math.max(1, batch.classes() - 1);
        double[] teacher = batch.targets().clone();
        for (int i = 0; i < teacher.length; i++) {
            // A softmax of logarithms of probabilities, at temperature T, is their power 1/T.
            teacher[i] = Math.log(other + teacher[i] * (correctProbability - other));
        }
        return loss.evaluate(
                batch.withLogits(batch.student(), Optional.of(teacher)),
                batch.signals().labelWeights(),
                weight,
                gradient);
    }
}
