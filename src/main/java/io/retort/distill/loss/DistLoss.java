package io.retort.distill.loss;

import io.retort.data.LabelColumns;
import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import io.retort.engine.Softmax;
import java.util.Set;

/**
 * DIST: {@code β · mean over samples of (1 − ρ(q, p)) + γ · mean over classes of (1 − ρ(q, p))}. Here p and q are the
 * teacher's and the student's softmax at temperature T and ρ is Pearson's correlation, in the first term along a
 * sample's classes (inter-class), in the second along the batch's values of a class (intra-class).
 *
 * <p>Huang et al. 2022, section 3, arXiv:2205.10536: a strong teacher's relations are worth more than its exact
 * numbers. The correlation of a constant with a constant counts as 1 and with anything else as 0, and neither pulls; so
 * a batch of one sample has no intra-class loss. There is no factor T², since ρ does not shrink as T grows (the
 * authors' code has it, with weight 1 for each term and 2 for both: its setting for CIFAR-100 is a weight of 16 here).
 * Logits are {@code [batch, classes]}. Without unit; smaller is better, and 0 where student and teacher agree.
 */
public final class DistLoss implements LogitLoss {
    /**
     * Kind {@code dist}.
     *
     * @param beta of the inter-class term; the paper has 2
     * @param gamma of the intra-class term; the paper has 2
     * @param temperature the paper has 1 for ImageNet and 4 for CIFAR-100
     */
    public record Settings(Schedule weight, double beta, double gamma, Schedule temperature) implements LossSettings {
        public Settings {
            LossSettings.requireWeight(weight);
            LossSettings.requireFactor("beta", beta);
            LossSettings.requireFactor("gamma", gamma);
            LossSettings.requireTemperature(temperature);
        }

        /** A weight and a temperature that do not move. */
        public Settings(double weight, double beta, double gamma, double temperature) {
            this(Schedule.of(weight), beta, gamma, Schedule.of(temperature));
        }

        @Override
        public boolean comparesRows() {
            return true;
        }

        @Override
        public LogitLoss create() {
            return new DistLoss(beta, gamma, temperature);
        }

        @Override
        public Set<LabelColumns.Kind> targets() {
            return Set.of(LabelColumns.Kind.CLASS);
        }
    }

    /** A vector whose distance from its mean is no more is constant: the rest is rounding. */
    private static final double CONSTANT = 1e-12;

    private final double beta;
    private final double gamma;
    private final Schedule temperature;

    DistLoss(double beta, double gamma, Schedule temperature) {
        this.beta = beta;
        this.gamma = gamma;
        this.temperature = temperature;
    }

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        double temperature = this.temperature.at(batch.progress());
        int size = batch.size();
        int classes = batch.classes();
        double[] student = Softmax.rows(batch.student(), classes, temperature);
        double[] teacher = Softmax.rows(batch.teacher(), classes, temperature);
        double[] byProbability = new double[student.length];
        double inter = 0;
        for (int row = 0; row < size; row++) {
            Line line = new Line(row * classes, 1, classes);
            inter += 1 - correlate(student, teacher, line, -beta / size, byProbability);
        }
        double intra = 0;
        for (int c = 0; c < classes; c++) {
            Line line = new Line(c, classes, size);
            intra += 1 - correlate(student, teacher, line, -gamma / classes, byProbability);
        }
        addThroughSoftmax(student, byProbability, classes, weight / temperature, gradient);
        return beta * inter / size + gamma * intra / classes;
    }

    /** A row or a column of a matrix: {@code count} values, each {@code step} behind the one before. */
    private record Line(int from, int step, int count) {
        int at(int index) {
            return from + index * step;
        }

        /** The values without their mean. */
        double[] centred(double[] matrix) {
            double[] values = new double[count];
            double mean = 0;
            for (int i = 0; i < count; i++) {
                values[i] = matrix[at(i)];
                mean += values[i] / count;
            }
            for (int i = 0; i < count; i++) {
                values[i] -= mean;
            }
            return values;
        }
    }

    /** Pearson's correlation along a line; adds {@code factor} times its gradient by the student's values. */
    private static double correlate(double[] student, double[] teacher, Line line, double factor, double[] gradient) {
        double[] a = line.centred(student);
        double[] b = line.centred(teacher);
        double normA = Math.sqrt(dot(a, a));
        double normB = Math.sqrt(dot(b, b));
        if (normA <= CONSTANT || normB <= CONSTANT) {
            return normA <= CONSTANT && normB <= CONSTANT ? 1 : 0;
        }
        double correlation = dot(a, b) / (normA * normB);
        for (int i = 0; i < a.length; i++) {
            gradient[line.at(i)] += factor * (b[i] / normB - correlation * a[i] / normA) / normA;
        }
        return correlation;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** {@code ∂/∂z = q · (g − Σ q·g)} for the gradient g by the probabilities q. */
    private static void addThroughSoftmax(
            double[] probabilities, double[] byProbability, int classes, double factor, double[] gradient) {
        for (int from = 0; from < gradient.length; from += classes) {
            double mean = 0;
            for (int i = from; i < from + classes; i++) {
                mean += probabilities[i] * byProbability[i];
            }
            for (int i = from; i < from + classes; i++) {
                gradient[i] += factor * probabilities[i] * (byProbability[i] - mean);
            }
        }
    }
}
