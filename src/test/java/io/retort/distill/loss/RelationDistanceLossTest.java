package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class RelationDistanceLossTest implements LossContract {
    @Override
    public List<LossSettings> settings() {
        return List.of(new RelationDistanceLoss.Settings(1));
    }

    @Override
    public boolean relatesSamples() {
        return true;
    }

    @Override
    public boolean ignoresAShiftOfLogits() {
        return false;
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // On a line, teacher at 0, 1, 2: distances 1, 2, 1, their mean 4/3, so ¾, 3/2, ¾.
        // Student at 0, 3, 3: distances 3, 3, 0, their mean 2, so 3/2, 3/2, 0. Huber of ¾, 0, −¾: (½ · 9/16 + 0 + ½ ·
        // 9/16) / 3 = 3/16
        assertThat(value(new double[] {0, 0, 3, 0, 3, 0}, new double[] {0, 0, 1, 0, 2, 0}))
                .isCloseTo(3.0 / 16, within(1e-12));
    }

    @Test
    void doesNotSeeScaleTurnOrShift() {
        double[] teacher = {0, 0, 1, 0, 2, 3};
        double[] student = {5, 5, 5, 7, -1, 9}; // turned by 90 degrees, twice as large, moved by (5, 5)
        assertThat(value(student, teacher)).isCloseTo(0, within(1e-12));
    }

    @Test
    void refusesANegativeWeight() {
        assertThatThrownBy(() -> new RelationDistanceLoss.Settings(-1))
                .hasMessage("weight must be finite and >= 0, was -1.0");
    }

    private static double value(double[] student, double[] teacher) {
        return new RelationDistanceLoss()
                .evaluate(LogitBatch.taught(3, 2, student, new double[6], teacher), 1, new double[6]);
    }
}
