package io.retort.distill.loss;

import io.retort.distill.loss.FeatureLoss.FeatureBatch;
import io.retort.distill.loss.LogitLoss.LogitBatch;

/**
 * A loss over the relations between a batch's samples, by their logits or by the flattened features of a pair of taps.
 */
interface RelationLoss extends LogitLoss, FeatureLoss {
    /**
     * As {@link LogitLoss#evaluate} and {@link FeatureLoss#evaluate}, of rows.
     *
     * @param student {@code [size, width]}, row-major
     * @param teacher {@code [size, width]}, of another width if need be
     */
    double evaluate(int size, double[] student, double[] teacher, double weight, double[] gradient);

    @Override
    default double evaluate(LogitBatch batch, double weight, double[] gradient) {
        return evaluate(batch.size(), batch.student(), batch.teacher(), weight, gradient);
    }

    @Override
    default double evaluate(FeatureBatch batch, double weight, double[] gradient) {
        return evaluate(batch.size(), batch.student(), batch.teacher(), weight, gradient);
    }

    /** Huber's loss: {@code x²/2} where {@code |x| ≤ 1}, {@code |x| − 1/2} beyond (Park et al. 2019, equation 5). */
    static double huber(double x) {
        double size = Math.abs(x);
        return size <= 1 ? x * x / 2 : size - 0.5;
    }

    /** The derivative of {@link #huber}. */
    static double huberSlope(double x) {
        return Math.max(-1, Math.min(1, x));
    }

    /** The settings of such a loss; without pairs of taps it compares the logits. */
    interface Settings extends FeatureLoss.Settings {
        @Override
        RelationLoss create();

        @Override
        default FeatureLoss createForTaps() {
            return create();
        }

        @Override
        default boolean comparesRows() {
            return true;
        }
    }

    /** The squared distances {@code Dᵢⱼ = ‖xᵢ − xⱼ‖²} between the rows of a batch, and their gradient by the rows. */
    final class PairDistances {
        private final int size;
        private final int width;
        private final double[] rows;
        private final double[] squared;

        private PairDistances(int size, double[] rows) {
            this.size = size;
            this.width = rows.length / size;
            this.rows = rows;
            this.squared = new double[size * size];
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < i; j++) {
                    squared[i * size + j] = squared(i * width, j * width);
                    squared[j * size + i] = squared[i * size + j];
                }
            }
        }

        /** @param rows {@code [size, width]}, row-major, not copied */
        static PairDistances of(int size, double[] rows) {
            return new PairDistances(size, rows);
        }

        int size() {
            return size;
        }

        double squared(int pair) {
            return squared[pair];
        }

        /** {@code Dᵢⱼ} is at {@code i · size + j}. */
        double distance(int pair) {
            return Math.sqrt(squared[pair]);
        }

        /**
         * Adds the gradient by the rows, {@code ∂L/∂xᵢ = Σⱼ 2 (∂L/∂Dᵢⱼ + ∂L/∂Dⱼᵢ) (xᵢ − xⱼ)}.
         *
         * @param bySquared {@code ∂L/∂D}, {@code [size, size]}
         * @param gradient {@code [size, width]}; the gradient is added to its values
         */
        void addGradient(double[] bySquared, double[] gradient) {
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < i; j++) {
                    double both = 2 * (bySquared[i * size + j] + bySquared[j * size + i]);
                    if (both == 0) {
                        continue;
                    }
                    for (int c = 0; c < width; c++) {
                        double part = both * (rows[i * width + c] - rows[j * width + c]);
                        gradient[i * width + c] += part;
                        gradient[j * width + c] -= part;
                    }
                }
            }
        }

        private double squared(int left, int right) {
            double sum = 0;
            for (int c = 0; c < width; c++) {
                double difference = rows[left + c] - rows[right + c];
                sum += difference * difference;
            }
            return sum;
        }
    }
}
