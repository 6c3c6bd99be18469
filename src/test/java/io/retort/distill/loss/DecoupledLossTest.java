package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class DecoupledLossTest implements LossContract {
    @Override
    public List<LossSettings> settings() {
        return List.of(
                new DecoupledLoss.Settings(1, 1, 4, 4),
                new DecoupledLoss.Settings(1, 0, 1, 1),
                new DecoupledLoss.Settings(1, 2, 0, 0.5));
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // teacher p = (1/2, 3/8, 1/8), student q = (1/3, 1/3, 1/3), label 0:
        // KL((1/2, 1/2) ‖ (1/3, 2/3)) = ½ ln(3/2) + ½ ln(3/4);  p̂ = (3/4, 1/4), q̂ = (1/2, 1/2): ¾ ln(3/2) + ¼ ln(1/2)
        double ofLabel = 0.5 * Math.log(1.5) + 0.5 * Math.log(0.75);
        double ofOthers = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
        double[] teacher = {Math.log(4), Math.log(3), 0};
        assertThat(value(2, 5, 1, new double[3], teacher)).isCloseTo(2 * ofLabel + 5 * ofOthers, within(1e-12));
    }

    /** KL(p ‖ q) = KL(b ‖ d) + (1 − p_t) · KL(p̂ ‖ q̂), equation 5 of the paper. */
    @Test
    void isSoftTargetWhereBetaIsTheTeachersDoubt() {
        double[] student = {0.3, -1, 2};
        double[] teacher = {Math.log(4) * 3, Math.log(3) * 3, 0}; // p_t = 1/2 at T = 3
        LogitBatch batch = LogitBatch.taught(1, 3, student, new double[] {1, 0, 0}, teacher);
        assertThat(value(1, 0.5, 3, student, teacher))
                .isCloseTo(new SoftTargetLoss(3).evaluate(batch, 1, new double[3]), within(1e-12));
    }

    @Test
    void isZeroWhereStudentAndTeacherAgree() {
        assertThat(value(1, 4, 4, new double[] {1, -2, 3}, new double[] {1, -2, 3}))
                .isCloseTo(0, within(1e-14));
    }

    @Test
    void staysFiniteWhereTheTeacherIsCertain() {
        double[] gradient = new double[3];
        LogitBatch batch =
                LogitBatch.taught(1, 3, new double[] {900, 0, -900}, new double[] {1, 0, 0}, new double[] {2000, 0, 0});
        assertThat(new DecoupledLoss(1, 4, 1).evaluate(batch, 1, gradient)).isFinite();
        assertThat(gradient).doesNotContain(Double.NaN);
    }

    @Test
    void refusesSettingsOutOfTheirRange() {
        assertThatThrownBy(() -> new DecoupledLoss.Settings(1, -1, 4, 4))
                .hasMessage("alpha must be finite and >= 0, was -1.0");
        assertThatThrownBy(() -> new DecoupledLoss.Settings(1, 1, Double.NaN, 4))
                .hasMessage("beta must be finite and >= 0, was NaN");
        assertThatThrownBy(() -> new DecoupledLoss.Settings(1, 1, 4, 0))
                .hasMessage("temperature must be finite and > 0, was 0.0");
    }

    private static double value(double alpha, double beta, double temperature, double[] student, double[] teacher) {
        LogitBatch batch = LogitBatch.taught(1, 3, student, new double[] {1, 0, 0}, teacher);
        return new DecoupledLoss(alpha, beta, temperature).evaluate(batch, 1, new double[3]);
    }
}
