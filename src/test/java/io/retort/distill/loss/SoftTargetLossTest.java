package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import io.retort.network.ShapeException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SoftTargetLossTest implements LossContract {
    @Override
    public List<LossSettings> settings() {
        return List.of(
                new SoftTargetLoss.Settings(1, 1),
                new SoftTargetLoss.Settings(1, 4),
                new SoftTargetLoss.Settings(1, 0.5));
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // student (0, 0) gives q = (1/2, 1/2); teacher (2 ln 3, 0) at T = 2 gives p = (3/4, 1/4)
        double byHand = 4 * (0.75 * Math.log(1.5) + 0.25 * Math.log(0.5));
        assertThat(loss(2, new double[] {0, 0}, new double[] {2 * Math.log(3), 0}))
                .isCloseTo(byHand, within(1e-12));
    }

    @Test
    void isZeroWhereStudentAndTeacherAgree() {
        assertThat(loss(3, new double[] {1, -2}, new double[] {1, -2})).isCloseTo(0, within(1e-15));
    }

    @Test
    void tendsToTheSquaredDifferenceOfCentredLogitsAtHighTemperature() {
        // Hinton et al. 2015, section 2.1: T² · KL tends to Σ (z − v)² / (2 · classes) for centred logits z and v
        assertThat(loss(1e4, new double[] {1, -1}, new double[] {3, -3})).isCloseTo((4.0 + 4.0) / 4, within(1e-3));
    }

    @Test
    void isNotSymmetric() {
        double[] left = {0, 0};
        double[] right = {2, 0};
        assertThat(loss(1, left, right)).isNotCloseTo(loss(1, right, left), within(1e-3));
    }

    @Test
    void refusesATemperatureThatIsNotPositive() {
        assertThatThrownBy(() -> new SoftTargetLoss.Settings(1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("temperature must be finite and > 0, was 0.0");
        assertThatThrownBy(() -> new SoftTargetLoss.Settings(1, Double.NaN))
                .hasMessage("temperature must be finite and > 0, was NaN");
    }

    @Test
    void refusesANegativeWeight() {
        assertThatThrownBy(() -> new SoftTargetLoss.Settings(-0.5, 4))
                .hasMessage("weight must be finite and >= 0, was -0.5");
    }

    @Test
    void refusesTeacherLogitsOfAnotherWidth() {
        assertThatThrownBy(() -> LogitBatch.taught(2, 10, new double[20], new double[20], new double[200]))
                .isInstanceOf(ShapeException.class)
                .hasMessage("teacher logits have 200 values, [2, 10] needs 20");
    }

    @Test
    void refusesABatchThatNoTeacherHasSeen() {
        LogitBatch labelled = LogitBatch.labelled(1, 2, new double[2], new double[2]);
        assertThatThrownBy(() -> new SoftTargetLoss(Schedule.of(4)).evaluate(labelled, 1, new double[2]))
                .hasMessage("this loss needs teacher logits, and the batch has none; train with a teacher");
    }

    private static double loss(double temperature, double[] student, double[] teacher) {
        LogitBatch batch = LogitBatch.taught(1, 2, student, new double[] {1, 0}, teacher);
        return new SoftTargetLoss(Schedule.of(temperature)).evaluate(batch, 1, new double[2]);
    }
}
