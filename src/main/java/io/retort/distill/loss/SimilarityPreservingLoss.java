package io.retort.distill.loss;

import io.retort.distill.loss.FeatureLoss.FeatureBatch;
import io.retort.distill.loss.FeatureLoss.Settings.TapPair;
import io.retort.distill.schedule.Schedule;
import java.util.List;

/**
 * Similarity-preserving distillation: {@code Σⱼ (Ĝ_S[i, j] − Ĝ_T[i, j])²} per sample i, where {@code G[i, j] = fᵢ·fⱼ}
 * over a batch's flattened features and Ĝ is G with rows of norm 1 (Tung, Mori 2019, section 3, arXiv:1907.09682).
 *
 * <p>Any two shapes can be compared; the teacher's features are averaged to the student's grid where its sizes divide
 * theirs. Without unit, from 0 to 4; a mean over the batch, which is the batch size times the paper's: its γ of 3000 at
 * a batch of 128 is a weight of 23. Smaller is better, and 0 where one set of features is the other turned or scaled. A
 * sample whose features are all zero pulls nowhere.
 */
public final class SimilarityPreservingLoss implements FeatureLoss {
    /** Kind {@code similarity-preserving}. */
    public record Settings(Schedule weight, List<TapPair> pairs) implements FeatureLoss.Settings {
        public Settings {
            LossSettings.requireWeight(weight);
            pairs = TapPair.some(pairs);
        }

        /** A weight that does not move. */
        public Settings(double weight, List<TapPair> pairs) {
            this(Schedule.of(weight), pairs);
        }

        @Override
        public boolean comparesRows() {
            return true;
        }

        @Override
        public FeatureLoss createForTaps() {
            return new SimilarityPreservingLoss();
        }
    }

    @Override
    public double evaluate(FeatureBatch batch, double weight, double[] gradient) {
        int size = batch.size();
        UnitRows student = new UnitRows(size, products(size, batch.student()));
        UnitRows teacher = new UnitRows(size, products(size, batch.teacher()));
        double[] byUnits = new double[size * size];
        double sum = 0;
        for (int i = 0; i < byUnits.length; i++) {
            double difference = student.values()[i] - teacher.values()[i];
            sum += difference * difference;
            byUnits[i] = 2 * difference / size;
        }
        double[] byProducts = student.byRows(byUnits);
        int width = batch.studentShape().elements();
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                double both = weight * (byProducts[i * size + j] + byProducts[j * size + i]);
                for (int c = 0; c < width; c++) {
                    gradient[i * width + c] += both * batch.student()[j * width + c];
                }
            }
        }
        return sum / size;
    }

    /** {@code F Fᵀ}, {@code [size, size]} */
    private static double[] products(int size, double[] rows) {
        int width = rows.length / size;
        double[] products = new double[size * size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = 0;
                for (int c = 0; c < width; c++) {
                    sum += rows[i * width + c] * rows[j * width + c];
                }
                products[i * size + j] = sum;
                products[j * size + i] = sum;
            }
        }
        return products;
    }
}
