package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class LogitMseLossTest implements LossContract {
    @Override
    public List<LossSettings> settings() {
        return List.of(new LogitMseLoss.Settings(1));
    }

    @Override
    public boolean ignoresAShiftOfLogits() {
        return false;
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // sample 1: (1² + 2²) / 2 / 2 = 1.25, sample 2: (0 + 4²) / 2 / 2 = 4; their mean 2.625
        assertThat(value(new double[] {1, 0, 3, 4}, new double[] {0, 2, 3, 0})).isCloseTo(2.625, within(1e-12));
    }

    @Test
    void isWhatSoftTargetTendsToForCentredLogits() {
        double[] student = {1.5, -1.5, -2, 2};
        double[] teacher = {0.5, -0.5, 1, -1};
        LogitBatch batch = LogitBatch.taught(2, 2, student, new double[4], teacher);
        assertThat(new SoftTargetLoss(1e4).evaluate(batch, 1, new double[4]))
                .isCloseTo(value(student, teacher), within(1e-3));
    }

    @Test
    void isZeroWhereStudentAndTeacherAgree() {
        assertThat(value(new double[] {1, -2, 0.5, 7}, new double[] {1, -2, 0.5, 7}))
                .isZero();
    }

    @Test
    void refusesANegativeWeight() {
        assertThatThrownBy(() -> new LogitMseLoss.Settings(-1)).hasMessage("weight must be finite and >= 0, was -1.0");
    }

    private static double value(double[] student, double[] teacher) {
        return new LogitMseLoss().evaluate(LogitBatch.taught(2, 2, student, new double[4], teacher), 1, new double[4]);
    }
}
