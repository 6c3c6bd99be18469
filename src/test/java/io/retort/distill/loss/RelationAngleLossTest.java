package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class RelationAngleLossTest implements RelationLossContract {
    @Override
    public RelationLoss loss() {
        return new RelationAngleLoss();
    }

    @Override
    public LossSettings settings(double weight) {
        return new RelationAngleLoss.Settings(weight, List.of());
    }

    /**
     * Twice the batch has 2n(2n − 1)(2n − 2) triples, of which 8n(n − 1)(n − 2) are as before; in the rest a sample
     * meets its double, and teacher and student agree. So the mean is 2(n − 2)/(2n − 1) of what it was.
     */
    @Override
    public double ofTwice() {
        return 4.0 / 7; // n = 4
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // student on a line at 0, 1, 2: the cosines at the three samples are 1, -1, 1
        // teacher at (0, 0), (3, 0), (0, 4), a right angle at the first: 0, 3/5, 4/5
        // differences 1, -8/5, 1/5; h = 1/2, 11/10, 1/50; their mean is 1.62 / 3
        assertThat(value(3, new double[] {0, 0, 1, 0, 2, 0}, new double[] {0, 0, 3, 0, 0, 4}))
                .isCloseTo(0.54, within(1e-15));
    }

    @Test
    void hasNoTripleInABatchOfTwo() {
        assertThat(value(2, new double[] {1, 2, 5, 1}, new double[] {3, 4, 0, 0}))
                .isZero();
    }
}
