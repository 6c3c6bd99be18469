package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import java.util.List;
import org.junit.jupiter.api.Test;

class DistLossTest implements LossContract {
    @Override
    public List<LossSettings> settings() {
        return List.of(
                new DistLoss.Settings(1, 2, 1, 4),
                new DistLoss.Settings(1, 1, 0, 1),
                new DistLoss.Settings(1, 0, 3, 0.7));
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // T = 2. Teacher (1, 2, 3)/6 and (3, 2, 1)/6; student (1, 3, 2)/6 and (3, 2, 1)/6.
        // Inter: centred (−1, 0, 1) and (−1, 1, 0) correlate by 1/2, the second rows by 1: mean of 1 − ρ is 1/4.
        // Intra: class 0: (1, 3) and (1, 3): 1. Class 1: the teacher is constant, the student not: 0. Class 2: (3, 1)
        // and (2, 1): 1. Mean of 1 − ρ is 1/3.
        double[] teacher = {0, 2 * Math.log(2), 2 * Math.log(3), 2 * Math.log(3), 2 * Math.log(2), 0};
        double[] student = {0, 2 * Math.log(3), 2 * Math.log(2), 2 * Math.log(3), 2 * Math.log(2), 0};
        assertThat(loss(new DistLoss.Settings(1, 5, 7, 2).create(), 2, student, teacher))
                .isCloseTo(5.0 / 4 + 7.0 / 3, within(1e-9));
    }

    @Test
    void isZeroWhereStudentAndTeacherAgree() {
        double[] logits = {3, -1, 0.5, 0, 2, -2};
        assertThat(loss(new DistLoss(2, 2, Schedule.of(1)), 2, logits, logits)).isCloseTo(0, within(1e-12));
    }

    @Test
    void tendsToTheCorrelationOfLogitsAtHighTemperature() {
        // (1, 0, −1) and (0, 1, −1) correlate by 1/2, in whatever scale
        assertThat(loss(new DistLoss(1, 0, Schedule.of(1e4)), 1, new double[] {10, 0, -10}, new double[] {0, 1, -1}))
                .isCloseTo(0.5, within(1e-3));
    }

    @Test
    void oneSampleHasNoRelationAlongTheBatch() {
        assertThat(loss(new DistLoss(0, 1, Schedule.of(1)), 1, new double[] {3, 0, -1}, new double[] {0, 1, -1}))
                .isZero();
    }

    @Test
    void aConstantRowIsLikeAConstantOneOnly() {
        double[] constant = {1, 1, 1};
        assertThat(loss(new DistLoss(1, 0, Schedule.of(1)), 1, constant, constant))
                .isZero();
        assertThat(loss(new DistLoss(1, 0, Schedule.of(1)), 1, constant, new double[] {0, 1, -1}))
                .isEqualTo(1);
    }

    @Test
    void refusesWhatIsNoSetting() {
        assertThatThrownBy(() -> new DistLoss.Settings(1, 1, -2, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("gamma must be finite and >= 0, was -2.0");
    }

    private static double loss(LogitLoss loss, int size, double[] student, double[] teacher) {
        return loss.evaluate(
                LogitBatch.taught(size, 3, student, new double[3 * size], teacher), 1, new double[3 * size]);
    }
}
