package io.retort.distill.loss;

/**
 * Relational distillation by distances: the mean over pairs {@code i < j} of {@code huber(‖z_i − z_j‖ / μ_z − ‖v_i − v_j‖ / μ_v)}, where v and z are the
 * teacher's and the student's logits and μ the mean distance of all pairs of the batch.
 *
 * <p>RKD-D of Park et al. 2019, section 3.2.1, arXiv:1904.05068, here of logits. Logits are {@code [batch, classes]}. Without a unit; smaller is better, and 0
 * where student and teacher agree or differ by a factor. It relates the samples of a batch: one alone costs nothing.
 */
public final class RelationDistanceLoss implements LogitLoss {
    /** Kind {@code relation-distance}. The paper takes a weight of 25 for embeddings. */
    public record Settings(double weight) implements LossSettings {
        public Settings {
            LossSettings.requireWeight(weight);
        }

        @Override
        public LogitLoss create() {
            return new RelationDistanceLoss();
        }

        @Override
        public Source source() {
            return Source.TEACHER;
        }
    }

    @Override
    public double evaluate(LogitBatch batch, double weight, double[] gradient) {
        int size = batch.size();
        int classes = batch.classes();
        long pairs = (long) size * (size - 1) / 2;
        double[] student = distances(batch.student(), size, classes);
        double[] teacher = distances(batch.teacher(), size, classes);
        double mean = sum(student) / (2 * pairs);
        double teacherMean = sum(teacher) / (2 * pairs);
        if (!(mean > 0) || !(teacherMean > 0)) {
            return 0; // one sample, or all alike: there is no relation to learn
        }
        double value = 0;
        double slopeTimesDistance = 0;
        double[] slopes = new double[student.length];
        for (int i = 0; i < size; i++) {
            for (int j = i + 1; j < size; j++) {
                int pair = i * size + j;
                double difference = student[pair] / mean - teacher[pair] / teacherMean;
                value += Huber.of(difference);
                slopes[pair] = Huber.slope(difference) / pairs;
                slopeTimesDistance += slopes[pair] * student[pair] / mean;
            }
        }
        for (int i = 0; i < size; i++) {
            for (int j = i + 1; j < size; j++) {
                int pair = i * size + j;
                if (student[pair] > 0) {
                    // The mean distance moves with each distance, too.
                    double byDistance = (slopes[pair] - slopeTimesDistance / pairs) / mean;
                    add(batch.student(), i, j, classes, weight * byDistance / student[pair], gradient);
                }
            }
        }
        return value / pairs;
    }

    private static void add(double[] rows, int i, int j, int width, double scale, double[] gradient) {
        for (int c = 0; c < width; c++) {
            double step = scale * (rows[i * width + c] - rows[j * width + c]);
            gradient[i * width + c] += step;
            gradient[j * width + c] -= step;
        }
    }

    private static double[] distances(double[] rows, int size, int width) {
        double[] distances = new double[size * size];
        for (int i = 0; i < size; i++) {
            for (int j = i + 1; j < size; j++) {
                double sum = 0;
                for (int c = 0; c < width; c++) {
                    double difference = rows[i * width + c] - rows[j * width + c];
                    sum += difference * difference;
                }
                distances[i * size + j] = Math.sqrt(sum);
                distances[j * size + i] = distances[i * size + j];
            }
        }
        return distances;
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }
}
