package io.retort.distill.loss;

/**
 * Relational distillation by angles: the mean over samples j and pairs {@code i < k} of others of {@code huber(cos ∠ z_i z_j z_k − cos ∠ v_i v_j v_k)}, where v and
 * z are the teacher's and the student's logits.
 *
 * <p>RKD-A of Park et al. 2019, section 3.2.2, arXiv:1904.05068, here of logits. Logits are {@code [batch, classes]}. Without a unit; smaller is better, and 0
 * where student and teacher agree up to a turn and a factor. It relates three samples of a batch: fewer cost nothing. It takes time as the third power of the
 * batch, so keep batches at 128 or below.
 */
public final class RelationAngleLoss implements LogitLoss {
    /** Kind {@code relation-angle}. The paper takes a weight of 50 for embeddings, twice that of the distances. */
    public record Settings(double weight) implements LossSettings {
        public Settings {
            LossSettings.requireWeight(weight);
        }

        @Override
        public LogitLoss create() {
            return new RelationAngleLoss();
        }

        @Override
        public Source source() {
            return Source.TEACHER;
        }
    }

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        int size = batch.size();
        if (size < 3) {
            return 0;
        }
        double triples = size * (size - 1.0) * (size - 2.0) / 2;
        double value = 0;
        for (int vertex = 0; vertex < size; vertex++) {
            value += ofVertex(batch, vertex, weight / triples, gradient);
        }
        return value / triples;
    }

    private static double ofVertex(LogitBatch batch, int vertex, double scale, double[] gradient) {
        int size = batch.size();
        int classes = batch.classes();
        Rays student = Rays.from(batch.student(), vertex, size, classes);
        Rays teacher = Rays.from(batch.teacher(), vertex, size, classes);
        double[] byDirection = new double[size * classes];
        double value = 0;
        for (int i = 0; i < size; i++) {
            for (int k = i + 1; k < size; k++) {
                if (i != vertex && k != vertex) {
                    double difference = student.cosine(i, k) - teacher.cosine(i, k);
                    double slope = scale * Huber.slope(difference);
                    value += Huber.of(difference);
                    for (int c = 0; c < classes; c++) {
                        byDirection[i * classes + c] += slope * student.directions[k * classes + c];
                        byDirection[k * classes + c] += slope * student.directions[i * classes + c];
                    }
                }
            }
        }
        student.addGradient(byDirection, vertex, gradient);
        return value;
    }

    /** The directions in which a sample sees the others; none where they are at the same place. */
    private record Rays(double[] directions, double[] lengths, int width) {
        static Rays from(double[] rows, int vertex, int size, int width) {
            double[] directions = new double[size * width];
            double[] lengths = new double[size];
            for (int i = 0; i < size; i++) {
                double sum = 0;
                for (int c = 0; c < width; c++) {
                    double difference = rows[i * width + c] - rows[vertex * width + c];
                    directions[i * width + c] = difference;
                    sum += difference * difference;
                }
                lengths[i] = Math.sqrt(sum);
                for (int c = 0; c < width && lengths[i] > 0; c++) {
                    directions[i * width + c] /= lengths[i];
                }
            }
            return new Rays(directions, lengths, width);
        }

        double cosine(int i, int k) {
            double sum = 0;
            for (int c = 0; c < width; c++) {
                sum += directions[i * width + c] * directions[k * width + c];
            }
            return sum;
        }

        /** {@code (g − (g·u) u) / length} for each direction u with gradient g; the vertex moves the other way. */
        void addGradient(double[] byDirection, int vertex, double[] gradient) {
            for (int i = 0; i < lengths.length; i++) {
                if (lengths[i] > 0) {
                    double along = 0;
                    for (int c = 0; c < width; c++) {
                        along += byDirection[i * width + c] * directions[i * width + c];
                    }
                    for (int c = 0; c < width; c++) {
                        double step = (byDirection[i * width + c] - along * directions[i * width + c]) / lengths[i];
                        gradient[i * width + c] += step;
                        gradient[vertex * width + c] -= step;
                    }
                }
            }
        }
    }
}
