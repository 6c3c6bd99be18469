package io.retort.distill.loss;

/**
 * The squared difference of logits: {@code ½ · Σ (z − v)² / classes}, where v and z are the teacher's and the student's logits.
 *
 * <p>Ba and Caruana 2014, section 2.2, arXiv:1312.6184, who sum over the classes; the mean has the size of {@link SoftTargetLoss}, which tends to this loss at a
 * high temperature where the logits of each sample have the mean 0 (Hinton et al. 2015, section 2.1). Logits are {@code [batch, classes]}. A mean over the
 * batch; smaller is better, and 0 where student and teacher agree. The gradient by a student's logit is {@code (z − v) / (classes · batch)}.
 */
public final class LogitMseLoss implements LogitLoss {
    /** Kind {@code logit-mse}. */
    public record Settings(double weight) implements LossSettings {
        public Settings {
            LossSettings.requireWeight(weight);
        }

        @Override
        public LogitLoss create() {
            return new LogitMseLoss();
        }

        @Override
        public Source source() {
            return Source.TEACHER;
        }
    }

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        double[] student = batch.student();
        double[] teacher = batch.teacher();
        double scale = 1.0 / ((double) batch.classes() * batch.size());
        double sum = 0;
        for (int i = 0; i < student.length; i++) {
            double difference = student[i] - teacher[i];
            sum += difference * difference;
            gradient[i] += weight * scale * difference;
        }
        return sum * scale / 2;
    }
}
