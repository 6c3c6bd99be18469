package io.retort.distill.loss;

/**
 * DIST: {@code T² · (β · mean over samples of (1 − ρ) + γ · mean over classes of (1 − ρ))}, where ρ is Pearson's correlation of the teacher's and the student's
 * softmax at temperature T: of the classes of a sample, and of a class over the samples of the batch.
 *
 * <p>Huang et al. 2022, section 3, arXiv:2205.10536. A correlation lets the student keep its own scale. Logits are {@code [batch, classes]}. Without a unit;
 * smaller is better, and 0 where student and teacher agree. The second part relates the samples of a batch, so it needs at least two.
 */
public final class DistLoss implements LogitLoss {
    /** Kind {@code dist}. β is of the relation of classes, γ of the relation of samples; the paper takes 2 and 2 with T = 4, or 1 and 1 with T = 1. */
    public record Settings(double weight, double beta, double gamma, double temperature) implements LossSettings {
        public Settings {
            LossSettings.requireWeight(weight);
            LossSettings.requireFactor("beta", beta);
            LossSettings.requireFactor("gamma", gamma);
            LossSettings.requireTemperature(temperature);
        }

        @Override
        public LogitLoss create() {
            return new DistLoss(beta, gamma, temperature);
        }

        @Override
        public Source source() {
            return Source.TEACHER;
        }
    }

    private final double beta;
    private final double gamma;
    private final double temperature;

    DistLoss(double beta, double gamma, double temperature) {
        this.beta = beta;
        this.gamma = gamma;
        this.temperature = temperature;
    }

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        int classes = batch.classes();
        int size = batch.size();
        double[] student = probabilities(batch.student(), classes);
        double[] teacher = probabilities(batch.teacher(), classes);
        double[] byProbability = new double[gradient.length];
        double ofClasses = 0;
        for (int row = 0; row < size; row++) {
            ofClasses += uncorrelated(student, teacher, row * classes, 1, classes, beta / size, byProbability);
        }
        double ofSamples = 0;
        for (int c = 0; c < classes; c++) {
            ofSamples += uncorrelated(student, teacher, c, classes, size, gamma / classes, byProbability);
        }
        addThroughSoftmax(student, byProbability, classes, weight * temperature, gradient);
        return temperature * temperature * (beta * ofClasses / size + gamma * ofSamples / classes);
    }

    /** {@code 1 − ρ} of a row or a column; subtracts {@code scale} times the gradient of ρ. */
    private static double uncorrelated(
            double[] student, double[] teacher, int from, int stride, int count, double scale, double[] gradient) {
        double[] x = new double[count];
        double[] y = new double[count];
        for (int i = 0; i < count; i++) {
            x[i] = student[from + i * stride];
            y[i] = teacher[from + i * stride];
        }
        double[] byX = new double[count];
        double correlation = Pearson.of(x, y, byX);
        for (int i = 0; i < count; i++) {
            gradient[from + i * stride] -= scale * byX[i];
        }
        return 1 - correlation;
    }

    private double[] probabilities(double[] logits, int classes) {
        double[] probabilities = new double[logits.length];
        double[] row = new double[classes];
        for (int from = 0; from < logits.length; from += classes) {
            Softmax.logOfRow(logits, from, classes, temperature, row);
            for (int c = 0; c < classes; c++) {
                probabilities[from + c] = Math.exp(row[c]);
            }
        }
        return probabilities;
    }

    /** {@code dL/dz = p · (g − Σ g·p) / T} with g the gradient by probabilities; the loss's T² makes T of 1 / T. */
    private static void addThroughSoftmax(
            double[] probabilities, double[] byProbability, int classes, double scale, double[] gradient) {
        for (int from = 0; from < gradient.length; from += classes) {
            double mean = 0;
            for (int c = from; c < from + classes; c++) {
                mean += byProbability[c] * probabilities[c];
            }
            for (int c = from; c < from + classes; c++) {
                gradient[c] += scale * probabilities[c] * (byProbability[c] - mean);
            }
        }
    }
}
