package io.retort.distill.loss;

import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import io.retort.engine.Softmax;

/**
 * Decoupled distillation: {@code T² · (α · KL(b ‖ c) + β · KL(p̂ ‖ q̂))}. Here b and c are the teacher's and the
 * student's distribution over "the label's class" and "any other", p̂ and q̂ those over the other classes alone, all of
 * softmax at temperature T.
 *
 * <p>Zhao et al. 2022, section 3, arXiv:2203.08679. Plain distillation is α = 1 and β = the teacher's probability of
 * "any other", so there the other classes of a sample hardly count where the teacher is sure; here β is the same for
 * all. Logits and labels are {@code [batch, classes]}; the label is the class of the greatest target, and of a row
 * without label the teacher's most probable class. In nats, a mean over the batch; smaller is better, and 0 where
 * student and teacher agree. The gradient by the logit of the label is {@code T · α · (q − p) / batch}, by another
 * {@code T · (α · q̂ · (p − q) + β · (q̂ − p̂)) / batch}, where p and q are the label's probabilities.
 */
public final class DecoupledLoss implements LogitLoss {
    /**
     * Kind {@code decoupled}.
     *
     * @param alpha of the label's class against the others
     * @param beta of the other classes among themselves; the authors' settings have 2 to 8 for CIFAR-100 and 0.5 or 2
     *     for ImageNet, the more the surer the teacher
     * @param temperature the paper has 4 for CIFAR-100 and 1 for ImageNet
     */
    public record Settings(Schedule weight, double alpha, double beta, Schedule temperature)
            implements LossSettings.OfClasses {
        public Settings {
            LossSettings.requireWeight(weight);
            LossSettings.requireFactor("alpha", alpha);
            LossSettings.requireFactor("beta", beta);
            LossSettings.requireTemperature(temperature);
        }

        /** A weight and a temperature that do not move. */
        public Settings(double weight, double alpha, double beta, double temperature) {
            this(Schedule.of(weight), alpha, beta, Schedule.of(temperature));
        }

        @Override
        public LogitLoss create() {
            return new DecoupledLoss(alpha, beta, temperature);
        }
    }

    private final double alpha;
    private final double beta;
    private final Schedule temperature;

    DecoupledLoss(double alpha, double beta, Schedule temperature) {
        this.alpha = alpha;
        this.beta = beta;
        this.temperature = temperature;
    }

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        double temperature = this.temperature.at(batch.progress());
        int classes = batch.classes();
        double scale = weight * temperature / batch.size();
        double sum = 0;
        for (int from = 0; from < gradient.length; from += classes) {
            boolean labelled = batch.labelWeight(from / classes) > 0;
            int label = greatest(labelled ? batch.targets() : batch.teacher(), from, classes);
            Parts teacher = Parts.of(batch.teacher(), from, classes, label, temperature);
            Parts student = Parts.of(batch.student(), from, classes, label, temperature);
            double p = Math.exp(teacher.logLabel);
            double q = Math.exp(student.logLabel);
            sum += alpha * (term(teacher.logLabel, student.logLabel) + term(teacher.logOthers, student.logOthers));
            gradient[from + label] += scale * alpha * (q - p);
            for (int c = 0; c < classes; c++) {
                if (c != label) {
                    sum += beta * term(teacher.logAmongOthers[c], student.logAmongOthers[c]);
                    double among = Math.exp(student.logAmongOthers[c]);
                    gradient[from + c] +=
                            scale * (alpha * among * (p - q) + beta * (among - Math.exp(teacher.logAmongOthers[c])));
                }
            }
        }
        return temperature * temperature * sum / batch.size();
    }

    /** {@code p · (log p − log q)}, which is 0 where p is. */
    private static double term(double logTeacher, double logStudent) {
        double teacher = Math.exp(logTeacher);
        return teacher > 0 ? teacher * (logTeacher - logStudent) : 0;
    }

    private static int greatest(double[] values, int from, int count) {
        int greatest = 0;
        for (int i = 1; i < count; i++) {
            if (values[from + i] > values[from + greatest]) {
                greatest = i;
            }
        }
        return greatest;
    }

    /** The logarithms of one row's two distributions. {@code logAmongOthers} has no meaning at the label. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Parts(double logLabel, double logOthers, double[] logAmongOthers) {
        static Parts of(double[] logits, int from, int classes, int label, double temperature) {
            double[] logs = new double[classes];
            Softmax.logOfRow(logits, from, classes, temperature, logs);
            double logLabel = logs[label];
            // Not 1 − p, which is 0 where the label's probability rounds to 1.
            logs[label] = Double.NEGATIVE_INFINITY;
            double logOthers = Softmax.logSumOfExponentials(logs);
            for (int c = 0; c < classes; c++) {
                logs[c] -= logOthers;
            }
            return new Parts(logLabel, logOthers, logs);
        }
    }
}
