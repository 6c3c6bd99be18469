package io.retort.distill.loss;

/**
 * Probabilistic knowledge transfer: {@code KL(P ‖ Q)} of how near the samples of a batch are to each other, where
 * {@code P(j|i) = K(i, j) / Σ K(i, k)} over {@code k ≠ i} and {@code K(i, j) = (cos(v_i, v_j) + 1) / 2} of the teacher's logits v, and Q likewise of the
 * student's z.
 *
 * <p>Passalis and Tefas 2018, section 3, arXiv:1803.10837, with the cosine kernel that they found best, here of logits. Logits are {@code [batch, classes]}. In
 * nats, a sum over j and a mean over i; smaller is better, and 0 where student and teacher agree. It relates the samples of a batch: one alone costs nothing.
 */
public final class PktLoss implements LogitLoss {
    /** Kind {@code pkt}. */
    public record Settings(double weight) implements LossSettings {
        public Settings {
            LossSettings.requireWeight(weight);
        }

        @Override
        public LogitLoss create() {
            return new PktLoss();
        }

        @Override
        public Source source() {
            return Source.TEACHER;
        }
    }

    /** Keeps the kernel of opposite samples above 0. */
    private static final double EPSILON = 1e-7;

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        int size = batch.size();
        int classes = batch.classes();
        double[] directions = new double[gradient.length];
        double[] norms = directions(batch.student(), classes, directions);
        double[] teacherDirections = new double[gradient.length];
        directions(batch.teacher(), classes, teacherDirections);
        double[] kernel = kernel(directions, size, classes);
        double[] teacher = kernel(teacherDirections, size, classes);
        double[] byKernel = new double[size * size];
        double sum = 0;
        for (int i = 0; i < size; i++) {
            double all = sumOfOthers(kernel, i, size);
            double allOfTeacher = sumOfOthers(teacher, i, size);
            for (int j = 0; j < size; j++) {
                if (j != i) {
                    double p = teacher[i * size + j] / allOfTeacher;
                    double q = kernel[i * size + j] / all;
                    sum += p * Math.log(p / q);
                    byKernel[i * size + j] = (1 / all - p / kernel[i * size + j]) / size;
                }
            }
        }
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                if (j != i && norms[i] > 0) {
                    double byCosine = (byKernel[i * size + j] + byKernel[j * size + i]) / 2;
                    double cosine = dot(directions, i, j, classes);
                    for (int c = 0; c < classes; c++) {
                        gradient[i * classes + c] += weight
                                * byCosine
                                * (directions[j * classes + c] - cosine * directions[i * classes + c])
                                / norms[i];
                    }
                }
            }
        }
        return sum / size;
    }

    /** Writes each row divided by its norm, rows of zeros as they are; returns the norms. */
    private static double[] directions(double[] rows, int width, double[] directions) {
        double[] norms = new double[rows.length / width];
        for (int row = 0; row < norms.length; row++) {
            norms[row] = Math.sqrt(dot(rows, row, row, width));
            for (int c = 0; c < width; c++) {
                directions[row * width + c] = norms[row] > 0 ? rows[row * width + c] / norms[row] : 0;
            }
        }
        return norms;
    }

    private static double[] kernel(double[] directions, int size, int width) {
        double[] kernel = new double[size * size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                kernel[i * size + j] = (dot(directions, i, j, width) + 1) / 2 + EPSILON;
            }
        }
        return kernel;
    }

    private static double sumOfOthers(double[] kernel, int row, int size) {
        double sum = 0;
        for (int j = 0; j < size; j++) {
            if (j != row) {
                sum += kernel[row * size + j];
            }
        }
        return sum;
    }

    private static double dot(double[] rows, int first, int second, int width) {
        double sum = 0;
        for (int c = 0; c < width; c++) {
            sum += rows[first * width + c] * rows[second * width + c];
        }
        return sum;
    }
}
