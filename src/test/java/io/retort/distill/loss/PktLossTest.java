package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class PktLossTest implements LossContract {
    @Override
    public List<LossSettings> settings() {
        return List.of(new PktLoss.Settings(1));
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
        // Teacher: a and b point the same way, c is orthogonal: kernels ab 1, ac = bc ½, so P(·|a) = P(·|b) = (2/3,
        // 1/3), P(·|c) = (½, ½).
        // Student: a and c the same way, b orthogonal: Q(·|a) = (b 1/3, c 2/3), Q(·|b) = (½, ½), Q(·|c) = (a 2/3, b
        // 1/3).
        double ofA = 2.0 / 3 * Math.log(2) + 1.0 / 3 * Math.log(0.5);
        double ofB = 2.0 / 3 * Math.log(4.0 / 3) + 1.0 / 3 * Math.log(2.0 / 3);
        double ofC = 0.5 * Math.log(0.75) + 0.5 * Math.log(1.5);
        double value = value(new double[] {1, 0, 0, 5, 3, 0}, new double[] {2, 0, 1, 0, 0, 1});
        assertThat(value).isCloseTo((ofA + ofB + ofC) / 3, within(1e-6));
    }

    @Test
    void doesNotSeeTheLengthOfAStudentsLogits() {
        double[] teacher = {1, 2, -1, 0.5, 3, 0};
        double[] student = {4, 8, -0.5, 0.25, 300, 0};
        assertThat(value(student, teacher)).isCloseTo(0, within(1e-12));
    }

    @Test
    void refusesANegativeWeight() {
        assertThatThrownBy(() -> new PktLoss.Settings(-1)).hasMessage("weight must be finite and >= 0, was -1.0");
    }

    private static double value(double[] student, double[] teacher) {
        return new PktLoss().evaluate(LogitBatch.taught(3, 2, student, new double[6], teacher), 1, new double[6]);
    }
}
