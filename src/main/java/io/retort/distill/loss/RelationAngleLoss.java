package io.retort.distill.loss;

import io.retort.distill.loss.FeatureLoss.Settings.TapPair;
import io.retort.distill.loss.RelationLoss.PairDistances;
import io.retort.distill.schedule.Schedule;
import java.util.List;

/**
 * Angle-wise relational distillation: {@code mean over triples of h(cos ∠ sᵢsⱼsₖ − cos ∠ tᵢtⱼtₖ)}, the angle at the
 * middle sample, with Huber's loss h (Park, Kim, Lu, Cho 2019, section 3.2, arXiv:1904.05068).
 *
 * <p>Rows are logits, or the flattened features of a pair of taps; the widths of teacher and student may differ. The
 * cosine is computed from squared distances, {@code (Dᵢⱼ + Dₖⱼ − Dᵢₖ) / (2 √(Dᵢⱼ Dₖⱼ))}, in {@code O(batch³)} whatever
 * the width, and is 0, without a gradient, where two of the three coincide. Without unit; a mean over the triples of
 * different samples, of which a batch of two has none and a loss of 0; smaller is better, and 0 where one set of rows
 * is the other moved, turned, mirrored or scaled.
 */
public final class RelationAngleLoss implements RelationLoss {
    /**
     * Kind {@code relation-angle}.
     *
     * @param pairs the taps that are compared; none for the logits
     */
    public record Settings(Schedule weight, List<TapPair> pairs) implements RelationLoss.Settings {
        public Settings {
            LossSettings.requireWeight(weight);
            pairs = List.copyOf(pairs);
        }

        /** A weight that does not move. */
        public Settings(double weight, List<TapPair> pairs) {
            this(Schedule.of(weight), pairs);
        }

        @Override
        public RelationAngleLoss create() {
            return new RelationAngleLoss();
        }
    }

    @Override
    public double evaluate(int size, double[] student, double[] teacher, double weight, double[] gradient) {
        if (size < 3) {
            return 0;
        }
        PairDistances ofStudent = PairDistances.of(size, student);
        PairDistances ofTeacher = PairDistances.of(size, teacher);
        double triples = size * (size - 1.0) * (size - 2) / 2; // i < k: the angle is the same from both ends
        double[] bySquared = new double[size * size];
        double sum = 0;
        for (int j = 0; j < size; j++) {
            for (int i = 0; i < size; i++) {
                for (int k = i + 1; k < size; k++) {
                    if (i == j || k == j) {
                        continue;
                    }
                    double cosine = cosine(ofStudent, i, j, k);
                    double difference = cosine - cosine(ofTeacher, i, j, k);
                    sum += RelationLoss.huber(difference);
                    addSlope(
                            ofStudent,
                            i,
                            j,
                            k,
                            cosine,
                            weight * RelationLoss.huberSlope(difference) / triples,
                            bySquared);
                }
            }
        }
        ofStudent.addGradient(bySquared, gradient);
        return sum / triples;
    }

    private static double cosine(PairDistances distances, int i, int j, int k) {
        double left = distances.squared(i * distances.size() + j);
        double right = distances.squared(k * distances.size() + j);
        double opposite = distances.squared(i * distances.size() + k);
        return left == 0 || right == 0 ? 0 : (left + right - opposite) / (2 * Math.sqrt(left * right));
    }

    /** Adds {@code slope · ∂cos/∂D} of the three sides. */
    private static void addSlope(
            PairDistances distances, int i, int j, int k, double cosine, double slope, double[] bySquared) {
        int left = i * distances.size() + j;
        int right = k * distances.size() + j;
        if (distances.squared(left) == 0 || distances.squared(right) == 0) {
            return;
        }
        double half = 1 / (2 * Math.sqrt(distances.squared(left) * distances.squared(right)));
        bySquared[left] += slope * (half - cosine / (2 * distances.squared(left)));
        bySquared[right] += slope * (half - cosine / (2 * distances.squared(right)));
        bySquared[i * distances.size() + k] -= slope * half;
    }
}
