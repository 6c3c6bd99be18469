package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.distill.loss.LogitLoss.LogitBatch;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelationDistanceLossTest implements RelationLossContract {
    @Override
    public RelationLoss loss() {
        return new RelationDistanceLoss();
    }

    @Override
    public LossSettings settings(double weight) {
        return new RelationDistanceLoss.Settings(weight, List.of());
    }

    /**
     * Twice the batch is another set of pairs: of 2n(2n − 1), 4n(n − 1) are as before and the rest are a sample and its
     * double, at distance 0 for both. So μ falls and ψ grows by k = (2n − 1)/(2n − 2), and where h is a square, the
     * mean of the squares grows by k²/k = k.
     */
    @Override
    public double ofTwice() {
        return 7.0 / 6; // n = 4
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // student on a line at 0, 1, 2: distances 1, 1, 2, mean 4/3, relative 3/4, 3/4, 3/2
        // teacher at (0, 0), (3, 0), (0, 4): 3 (1st, 2nd), 5 (2nd, 3rd), 4 (1st, 3rd), mean 4, relative 3/4, 5/4, 1
        // differences 0, -1/2, 1/2; h = 0, 1/8, 1/8; their mean is 1/12
        assertThat(value(3, new double[] {0, 0, 1, 0, 2, 0}, new double[] {0, 0, 3, 0, 0, 4}))
                .isCloseTo(1.0 / 12, within(1e-15));
    }

    @Test
    void takesTheAbsoluteDifferenceBeyondOne() {
        // Of four samples, three coincide for the student: distances 0, 0, 0, 1, 1, 1, mean 1/2, relative 0 and 2
        // The teacher's 3rd is far instead of its 4th: relative 0, 2, 0, 2, 0, 2 over (12, 13, 14, 23, 24, 34)
        // Differences 0, -2, 2, -2, 2, 0; h = 0 and 3/2; their mean is 1
        assertThat(value(4, new double[] {0, 0, 0, 1}, new double[] {0, 0, 1, 0}))
                .isCloseTo(1, within(1e-15));
    }

    @Test
    void hasNothingToCompareInABatchOfOneAndNoDirectionWhereAllCoincide() {
        assertThat(value(1, new double[] {1, 2}, new double[] {3, 4})).isZero();
        double[] gradient = new double[6];
        double[] same = {1, 2, 1, 2, 1, 2};
        LogitBatch batch = LogitBatch.taught(3, 2, same, new double[6], new double[] {0, 0, 3, 0, 0, 4});
        assertThat(loss().evaluate(batch, 1, gradient)).isPositive();
        assertThat(gradient).containsOnly(0);
    }
}
