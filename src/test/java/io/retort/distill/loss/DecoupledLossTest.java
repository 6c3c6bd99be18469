package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecoupledLossTest implements LossContract {
    private static final double[] LABEL_0 = {1, 0, 0};

    @Override
    public List<LossSettings> settings() {
        return List.of(
                new DecoupledLoss.Settings(1, 1, 8, 4),
                new DecoupledLoss.Settings(1, 0.5, 0, 1),
                new DecoupledLoss.Settings(1, 0, 2, 0.5));
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // The label is class 1.
        // T = 2: the teacher (2 ln 2, 2 ln 3, 0) gives (2, 3, 1) / 6: b = (1/2, 1/2), p̂ = (2/3, 1/3);
        // the student (0, 2 ln 2, 2 ln 3) gives (1, 2, 3) / 6: c = (1/3, 2/3), q̂ = (1/4, 3/4)
        double target = 0.5 * Math.log(1.5) + 0.5 * Math.log(0.75);
        double others = 2.0 / 3 * Math.log(8.0 / 3) + 1.0 / 3 * Math.log(4.0 / 9);
        double[] teacher = {2 * Math.log(2), 2 * Math.log(3), 0};
        double[] student = {0, 2 * Math.log(2), 2 * Math.log(3)};
        LogitBatch batch = LogitBatch.taught(1, 3, student, new double[] {0, 1, 0}, teacher);
        LogitLoss loss = new DecoupledLoss.Settings(1, 3, 5, 2).create();
        assertThat(loss.evaluate(batch, 1, new double[3])).isCloseTo(4 * (3 * target + 5 * others), within(1e-12));
    }

    @Test
    void isSoftTargetDistillationWhereBetaIsTheTeachersProbabilityOfTheOthers() {
        // the teacher (ln 3, ln 2, 0) at T = 1: 1 − p = 1/2
        double[] teacher = {Math.log(3), Math.log(2), 0};
        double[] student = {0.3, -2, 1};
        assertThat(loss(new DecoupledLoss(1, 0.5, Schedule.of(1)), student, teacher))
                .isCloseTo(loss(new SoftTargetLoss(Schedule.of(1)), student, teacher), within(1e-12));
    }

    @Test
    void isZeroWhereStudentAndTeacherAgree() {
        double[] logits = {3, -1, 0.5};
        assertThat(loss(new DecoupledLoss(1, 8, Schedule.of(4)), logits, logits))
                .isCloseTo(0, within(1e-12));
    }

    @Test
    void tendsToSquaredDifferencesAtHighTemperature() {
        // As for soft targets, T² · KL tends to the variance of z − v under the uniform distribution over 2; among the
        // others, differences 2 and −2
        // vary by 4. Of the label, 1/3 · 2/3 · (difference from the others' mean)² / 2, and here that difference is 0.
        double[] teacher = {0, 1, -1};
        double[] student = {0, 3, -3};
        assertThat(loss(new DecoupledLoss(1, 5, Schedule.of(1e4)), student, teacher))
                .isCloseTo(5 * 4.0 / 2, within(1e-2));
        // ... and here it is 3: 2/9 · 9 / 2
        assertThat(loss(new DecoupledLoss(5, 1, Schedule.of(1e4)), new double[] {3, 1, -1}, teacher))
                .isCloseTo(5 * 1.0, within(1e-2));
    }

    @Test
    void keepsTheOthersApartWhereTheTeacherIsSure() {
        // 1 − p rounds to 0 in double precision, and yet p̂ = (1/2, 1/2) against q̂ = (1/4, 3/4)
        double[] teacher = {60, 0, 0};
        double[] student = {60, 0, Math.log(3)};
        assertThat(loss(new DecoupledLoss(0, 1, Schedule.of(1)), student, teacher))
                .isCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2.0 / 3), within(1e-12));
    }

    @Test
    void refusesWhatIsNoSetting() {
        assertThatThrownBy(() -> new DecoupledLoss.Settings(1, -1, 8, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("alpha must be finite and >= 0, was -1.0");
        assertThatThrownBy(() -> new DecoupledLoss.Settings(1, 1, Double.POSITIVE_INFINITY, 4))
                .hasMessage("beta must be finite and >= 0, was Infinity");
        assertThatThrownBy(() -> new DecoupledLoss.Settings(1, 1, 8, 0))
                .hasMessage("temperature must be finite and > 0, was 0.0");
    }

    private static double loss(LogitLoss loss, double[] student, double[] teacher) {
        return loss.evaluate(LogitBatch.taught(1, 3, student, LABEL_0, teacher), 1, new double[3]);
    }
}
