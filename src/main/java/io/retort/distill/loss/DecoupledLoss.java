package io.retort.distill.loss;

import java.util.Arrays;

/**
 * Decoupled distillation: {@code T² · (α · KL(b ‖ d) + β · KL(p̂ ‖ q̂))}. With p and q the teacher's and the student's softmax at temperature T and t the label,
 * b and d are {@code (p_t, 1 − p_t)} and {@code (q_t, 1 − q_t)}, and p̂ and q̂ are p and q without t, divided by their sums {@code 1 − p_t} and {@code 1 − q_t}.
 *
 * <p>Zhao et al. 2022, section 3, arXiv:2203.08679. With α = 1 and β = 1 − p_t it would be {@link SoftTargetLoss}; a β that does not depend on the teacher's
 * confidence is the point of it. Logits are {@code [batch, classes]}, and the label is the greatest target of a sample. In nats, a mean over the batch; smaller
 * is better, and 0 where student and teacher agree. With d_t the student's {@code q_t − p_t}, the gradient by the label's logit is
 * {@code T · α · d_t / batch}, by another one {@code T · (β · (q̂ − p̂) − α · d_t · q̂) / batch}.
 */
public final class DecoupledLoss implements LogitLoss {
    /** Kind {@code decoupled}. The paper takes α = 1, β between 1 and 10, and T = 4. */
    public record Settings(double weight, double alpha, double beta, double temperature) implements LossSettings {
        public Settings {
            LossSettings.requireWeight(weight);
            LossSettings.requireFactor("alpha", alpha);
            LossSettings.requireFactor("beta", beta);
            LossSettings.requireTemperature(temperature);
        }

        @Override
        public LogitLoss create() {
            return new DecoupledLoss(alpha, beta, temperature);
        }

        @Override
        public Source source() {
            return Source.TEACHER;
        }
    }

    private final double alpha;
    private final double beta;
    private final double temperature;

    DecoupledLoss(double alpha, double beta, double temperature) {
        this.alpha = alpha;
        this.beta = beta;
        this.temperature = temperature;
    }

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        int classes = batch.classes();
        double scale = weight * temperature / batch.size();
        double sum = 0;
        for (int from = 0; from < gradient.length; from += classes) {
            int label = greatest(batch.targets(), from, classes);
            Parts student = Parts.of(batch.student(), from, classes, label, temperature);
            Parts teacher = Parts.of(batch.teacher(), from, classes, label, temperature);
            double ofLabel =
                    divergence(teacher.logLabel, student.logLabel) + divergence(teacher.logRest, student.logRest);
            double excess = Math.exp(student.logLabel) - Math.exp(teacher.logLabel);
            double ofOthers = 0;
            gradient[from + label] += scale * alpha * excess;
            for (int c = 0; c < classes; c++) {
                if (c != label) {
                    double q = Math.exp(student.logOthers[c]);
                    ofOthers += divergence(teacher.logOthers[c], student.logOthers[c]);
                    gradient[from + c] += scale * (beta * (q - Math.exp(teacher.logOthers[c])) - alpha * excess * q);
                }
            }
            sum += alpha * ofLabel + beta * ofOthers;
        }
        return temperature * temperature * sum / batch.size();
    }

    /** One term of KL(p ‖ q), of logarithms. */
    private static double divergence(double logP, double logQ) {
        double p = Math.exp(logP);
        return p > 0 ? p * (logP - logQ) : 0;
    }

    private static int greatest(double[] targets, int from, int classes) {
        int greatest = 0;
        for (int c = 1; c < classes; c++) {
            if (targets[from + c] > targets[from + greatest]) {
                greatest = c;
            }
        }
        return greatest;
    }

    /**
     * A softmax taken apart, as logarithms.
     *
     * @param logLabel log q_t
     * @param logRest log (1 − q_t)
     * @param logOthers log q̂; what stands at the label means nothing
     */
    private record Parts(double logLabel, double logRest, double[] logOthers) {
        static Parts of(double[] logits, int from, int classes, int label, double temperature) {
            double[] all = new double[classes];
            Softmax.logOfRow(logits, from, classes, temperature, all);
            double[] masked = Arrays.copyOfRange(logits, from, from + classes);
            masked[label] = Double.NEGATIVE_INFINITY;
            double[] others = new double[classes];
            if (classes == 1) {
                return new Parts(0, Double.NEGATIVE_INFINITY, others);
            }
            Softmax.logOfRow(masked, 0, classes, temperature, others);
            int any = label == 0 ? 1 : 0;
            for (int c = 0; c < classes; c++) {
                if (c != label && others[c] > others[any]) {
                    any = c;
                }
            }
            return new Parts(all[label], all[any] - others[any], others); // log q_c = log (1 − q_t) + log q̂_c
        }
    }
}
