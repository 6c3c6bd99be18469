package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class RelationAngleLossTest implements LossContract {
    @Override
    public List<LossSettings> settings() {
        return List.of(new RelationAngleLoss.Settings(1));
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
        // Teacher: a right angle at the first sample and two of 45 degrees: cosines 0, √½, √½.
        // Student: on a line, first, second, third: cosines 1 (at the first), −1 (at the second), 1 (at the third).
        double root = Math.sqrt(0.5);
        double byHand = (Huber.of(1) + Huber.of(-1 - root) + Huber.of(1 - root)) / 3;
        assertThat(value(new double[] {0, 0, 1, 0, 2, 0}, new double[] {0, 0, 1, 0, 0, 1}))
                .isCloseTo(byHand, within(1e-12));
        assertThat(Huber.of(-1 - root)).isCloseTo(0.5 + root, within(1e-12)); // |d| − ½ beyond 1
    }

    @Test
    void doesNotSeeScaleTurnOrShift() {
        double[] teacher = {0, 0, 1, 0, 2, 3};
        double[] student = {5, 5, 5, 7, -1, 9};
        assertThat(value(student, teacher)).isCloseTo(0, within(1e-12));
    }

    @Test
    void refusesANegativeWeight() {
        assertThatThrownBy(() -> new RelationAngleLoss.Settings(-1))
                .hasMessage("weight must be finite and >= 0, was -1.0");
    }

    private static double value(double[] student, double[] teacher) {
        return new RelationAngleLoss()
                .evaluate(LogitBatch.taught(3, 2, student, new double[6], teacher), 1, new double[6]);
    }
}
