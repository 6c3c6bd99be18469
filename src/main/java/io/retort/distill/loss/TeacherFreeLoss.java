package io.retort.distill.loss;

/**
 * Teacher-free distillation: {@code T² · KL(p ‖ q)} from a made-up teacher, which gives the label the probability a and every other class
 * {@code (1 − a) / (classes − 1)}; p is that distribution softened ({@code softmax(log(·) / T)}), q the student's softmax at temperature T.
 *
 * <p>The regularisation Tf-KD_reg of Yuan et al. 2020, section 5.2, arXiv:1909.11723, who soften the made-up teacher at T = 20 and take a ≥ 0.9. It needs no
 * teacher, so a baseline may have it. Logits and labels are {@code [batch, classes]}. In nats, a mean over the batch; smaller is better. The gradient by a
 * logit is {@code T · (q − p) / batch}.
 */
public final class TeacherFreeLoss implements LogitLoss {
    /**
     * Kind {@code teacher-free}.
     *
     * @param correct the probability of the label
     */
    public record Settings(double weight, double correct, double temperature) implements LossSettings {
        public Settings {
            LossSettings.requireWeight(weight);
            if (!(correct > 0 && correct < 1)) {
                throw new IllegalArgumentException("correct must be in (0, 1), was " + correct);
            }
            LossSettings.requireTemperature(temperature);
        }

        @Override
        public LogitLoss create() {
            return new TeacherFreeLoss(correct, temperature);
        }

        @Override
        public Source source() {
            return Source.LABELS;
        }
    }

    private final double correct;
    private final LogitLoss softTarget;

    TeacherFreeLoss(double correct, double temperature) {
        this.correct = correct;
        this.softTarget = new SoftTargetLoss(temperature);
    }

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        double[] targets = batch.targets();
        double other = (1 - correct) / Math.max(1, batch.classes() - 1);
        double[] teacher = new double[targets.length];
        for (int i = 0; i < targets.length; i++) {
            teacher[i] = Math.log(targets[i] * correct + (1 - targets[i]) * other);
        }
        LogitBatch taught = LogitBatch.taught(batch.size(), batch.classes(), batch.student(), targets, teacher);
        return softTarget.evaluate(taught, weight, gradient);
    }
}
