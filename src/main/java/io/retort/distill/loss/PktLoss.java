package io.retort.distill.loss;

import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;

/**
 * Probabilistic knowledge transfer: the mean over the samples i of {@code KL(p(·|i) ‖ q(·|i))}, where
 * {@code p(j|i) = K(i, j) / Σ K(i, k)} over all {@code k ≠ i} is how likely the teacher takes j for a neighbour of i, q
 * is the same of the student, and {@code K = (1 + cos) / 2} of the two samples' logits.
 *
 * <p>Passalis and Tefas 2018, section 3, arXiv:1803.10837, with the cosine kernel; here on logits, a mean where the
 * paper has a sum. Logits are {@code [batch, classes]}, as they are; they may differ in scale. In nats; smaller is
 * better, and 0 where student and teacher agree. A batch of fewer than three samples has nothing to compare and a loss
 * of 0. A row of zeros is at a right angle to all others and pulls nowhere. A small constant in K keeps the loss finite
 * where rows are opposite.
 */
public final class PktLoss implements LogitLoss {
    /** Kind {@code pkt}. */
    public record Settings(Schedule weight) implements LossSettings {
        public Settings {
            LossSettings.requireWeight(weight);
        }

        /** A weight that does not move. */
        public Settings(double weight) {
            this(Schedule.of(weight));
        }

        @Override
        public boolean comparesRows() {
            return true;
        }

        @Override
        public LogitLoss create() {
            return new PktLoss();
        }

        @Override
        public boolean inNats() {
            return true;
        }
    }

    /** The kernel of opposite rows, so that no probability is 0. */
    private static final double MIN_KERNEL = 1e-7;

    /** A shorter row is one of zeros. */
    private static final double MIN_LENGTH = 1e-8;

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        int size = batch.size();
        if (size < 3) {
            return 0; // the only neighbour has probability 1 for both
        }
        Rows student = Rows.of(batch.student(), size, batch.classes());
        Rows teacher = Rows.of(batch.teacher(), size, batch.classes());
        double[] byKernel = new double[size * size];
        double sum = 0;
        for (int i = 0; i < size; i++) {
            double ofStudent = student.kernelSum(i);
            double ofTeacher = teacher.kernelSum(i);
            for (int j = 0; j < size; j++) {
                if (j != i) {
                    double p = teacher.kernel(i, j) / ofTeacher;
                    sum += p * Math.log(p * ofStudent / student.kernel(i, j));
                    byKernel[i * size + j] = 1 / ofStudent - p / student.kernel(i, j);
                }
            }
        }
        student.addGradient(byKernel, weight / size, gradient);
        return sum / size;
    }

    /** The rows of a matrix, each divided by its length, and their cosines. */
    private static final class Rows {
        private final int size;
        private final int classes;
        private final double[] unit;
        private final double[] lengths;
        private final double[] cosines;

        private Rows(int size, int classes) {
            this.size = size;
            this.classes = classes;
            this.unit = new double[size * classes];
            this.lengths = new double[size];
            this.cosines = new double[size * size];
        }

        static Rows of(double[] matrix, int size, int classes) {
            Rows rows = new Rows(size, classes);
            for (int i = 0; i < size; i++) {
                rows.lengths[i] = Math.sqrt(rows.dot(matrix, i, i));
                for (int c = 0; c < classes; c++) {
                    rows.unit[i * classes + c] =
                            rows.lengths[i] < MIN_LENGTH ? 0 : matrix[i * classes + c] / rows.lengths[i];
                }
            }
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size; j++) {
                    // Rounding may make it a little more than 1 or less than -1.
                    rows.cosines[i * size + j] = Math.max(-1, Math.min(1, rows.dot(rows.unit, i, j)));
                }
            }
            return rows;
        }

        double kernel(int i, int j) {
            return (1 + cosines[i * size + j]) / 2 + MIN_KERNEL;
        }

        double kernelSum(int i) {
            double sum = 0;
            for (int j = 0; j < size; j++) {
                sum += j == i ? 0 : kernel(i, j);
            }
            return sum;
        }

        /** Adds the gradient by the rows, from that by the kernel: {@code ∂cos / ∂a = (v − cos · u) / ‖a‖}. */
        void addGradient(double[] byKernel, double factor, double[] gradient) {
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size && lengths[i] >= MIN_LENGTH; j++) {
                    double byCosine = (byKernel[i * size + j] + byKernel[j * size + i]) / 2;
                    for (int c = 0; c < classes; c++) {
                        double direction = unit[j * classes + c] - cosines[i * size + j] * unit[i * classes + c];
                        gradient[i * classes + c] += factor * byCosine * direction / lengths[i];
                    }
                }
            }
        }

        private double dot(double[] matrix, int i, int j) {
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                sum += matrix[i * classes + c] * matrix[j * classes + c];
            }
            return sum;
        }
    }
}
