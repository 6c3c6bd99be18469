package io.retort.distill.loss;

import io.retort.data.LabelColumns;
import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import java.util.Set;

/**
 * Distillation of several classes of a row, each on its own: {@code T² · (1 / classes) · Σ KL(p ‖ q)}, where p and q are
 * the sigmoids of the teacher's and the student's logits at temperature T, each the probability of one of two outcomes.
 *
 * <p>Yang et al. 2023, section 3.2, arXiv:2308.06453, who take the sum over the classes and no temperature; T² as for
 * soft targets (Hinton, Vinyals, Dean 2015, section 2, arXiv:1503.02531). A softmax would have classes compete that a
 * row may have together. Logits are {@code [batch, classes]}. In nats, a mean over classes and batch; smaller is
 * better, and 0 where student and teacher agree. The gradient by a student's logit is
 * {@code T · (q − p) / (classes · batch)}.
 */
public final class SoftBinaryCrossEntropyLoss implements LogitLoss {
    /** Kind {@code soft-binary-cross-entropy}. Temperature 1 leaves the logits as they are. */
    public record Settings(Schedule weight, Schedule temperature) implements LossSettings {
        public Settings {
            LossSettings.requireWeight(weight);
            LossSettings.requireTemperature(temperature);
        }

        @Override
        public LogitLoss create() {
            return new SoftBinaryCrossEntropyLoss(temperature);
        }

        @Override
        public Set<LabelColumns.Kind> targets() {
            return Set.of(LabelColumns.Kind.SEVERAL_CLASSES);
        }

        @Override
        public boolean inNats() {
            return true;
        }
    }

    private final Schedule temperature;

    SoftBinaryCrossEntropyLoss(Schedule temperature) {
        this.temperature = temperature;
    }

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        double t = temperature.at(batch.progress());
        double parts = (double) batch.classes() * batch.size();
        double sum = 0;
        for (int i = 0; i < gradient.length; i++) {
            double student = batch.student()[i] / t;
            double teacher = batch.teacher()[i] / t;
            double p = BinaryCrossEntropyLoss.sigmoid(teacher);
            double negative = BinaryCrossEntropyLoss.sigmoid(-teacher); // 1 − p, and not 0 where p is nearly 1
            sum += p * (BinaryCrossEntropyLoss.softplus(-student) - BinaryCrossEntropyLoss.softplus(-teacher))
                    + negative * (BinaryCrossEntropyLoss.softplus(student) - BinaryCrossEntropyLoss.softplus(teacher));
            gradient[i] += weight * t * (BinaryCrossEntropyLoss.sigmoid(student) - p) / parts;
        }
        return t * t * sum / parts;
    }
}
