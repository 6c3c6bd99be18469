package io.retort.distill.loss;

import io.retort.distill.loss.FeatureLoss.Settings.TapPair;
import io.retort.distill.loss.RelationLoss.PairDistances;
import io.retort.distill.schedule.Schedule;
import java.util.List;

/**
 * Distance-wise relational distillation: {@code mean over pairs of h(ψ(sᵢ, sⱼ) − ψ(tᵢ, tⱼ))}, where
 * {@code ψ(xᵢ, xⱼ) = ‖xᵢ − xⱼ‖ / μ}, μ is the mean of those norms over the batch's pairs, and h is Huber's loss (Park,
 * Kim, Lu, Cho 2019, section 3.2, arXiv:1904.05068).
 *
 * <p>Rows are logits, or the flattened features of a pair of taps; the widths of teacher and student may differ.
 * Without unit; a mean over the ordered pairs of different samples, of which a batch of one sample has none and a loss
 * of 0; smaller is better, and 0 where one set of rows is the other moved, turned, mirrored or scaled. Samples that
 * coincide pull nowhere.
 */
public final class RelationDistanceLoss implements RelationLoss {
    /**
     * Kind {@code relation-distance}.
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
        public RelationDistanceLoss create() {
            return new RelationDistanceLoss();
        }
    }

    @Override
    public double evaluate(int size, double[] student, double[] teacher, double weight, double[] gradient) {
        if (size < 2) {
            return 0;
        }
        double pairs = (double) size * (size - 1);
        PairDistances ofStudent = PairDistances.of(size, student);
        PairDistances ofTeacher = PairDistances.of(size, teacher);
        double studentMean = mean(ofStudent, pairs);
        double teacherMean = mean(ofTeacher, pairs);
        double sum = 0;
        double slopesTimesPsi = 0;
        double[] byDistance = new double[size * size];
        for (int pair = 0; pair < byDistance.length; pair++) {
            double psi = relative(ofStudent.distance(pair), studentMean); // 0 on the diagonal, as is the teacher's
            double difference = psi - relative(ofTeacher.distance(pair), teacherMean);
            sum += RelationLoss.huber(difference);
            byDistance[pair] = RelationLoss.huberSlope(difference) / pairs;
            slopesTimesPsi += byDistance[pair] * psi;
        }
        for (int pair = 0; pair < byDistance.length; pair++) {
            double distance = ofStudent.distance(pair);
            // By the distance: directly, and through the mean that it is part of. By its square: divided by 2 ·
            // distance.
            byDistance[pair] = distance == 0
                    ? 0
                    : weight * (byDistance[pair] - slopesTimesPsi / pairs) / (studentMean * 2 * distance);
        }
        ofStudent.addGradient(byDistance, gradient);
        return sum / pairs;
    }

    private static double mean(PairDistances distances, double pairs) {
        double sum = 0;
        for (int pair = 0; pair < distances.size() * distances.size(); pair++) {
            sum += distances.distance(pair);
        }
        return sum / pairs;
    }

    private static double relative(double distance, double mean) {
        return mean == 0 ? 0 : distance / mean;
    }
}
