package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogitMseLossTest implements LossContract {
    @Override
    public List<LossSettings> settings() {
        return List.of(new LogitMseLoss.Settings(1));
    }

    @Override
    public boolean comparesLogits() {
        return true;
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // differences (1, −2) and (0, 3): ½ · (1 + 4) = 5/2 and ½ · 9 = 9/2, the mean 7/2
        double[] gradient = new double[4];
        double loss = new LogitMseLoss()
                .evaluate(
                        LogitBatch.taught(2, 2, new double[] {2, 0, 1, 4}, new double[4], new double[] {1, 2, 1, 1}),
                        1,
                        gradient);
        assertThat(loss).isCloseTo(3.5, within(1e-12));
        assertThat(gradient).containsExactly(0.5, -1, 0, 1.5);
    }

    @Test
    void isZeroWhereStudentAndTeacherAgree() {
        double[] logits = {3, -1, 0.5};
        assertThat(new LogitMseLoss()
                        .evaluate(LogitBatch.taught(1, 3, logits, new double[3], logits), 1, new double[3]))
                .isZero();
    }

    @Test
    void isWhatSoftTargetsTendToAtHighTemperature() {
        // Hinton et al. 2015, section 2.1: T² · KL tends to Σ (z − v)² / (2 · classes) for centred logits z and v
        LogitBatch batch = LogitBatch.taught(1, 3, new double[] {1, -3, 2}, new double[3], new double[] {0.5, 1, -1.5});
        double softTarget = new SoftTargetLoss(Schedule.of(1e4)).evaluate(batch, 1, new double[3]);
        assertThat(softTarget).isCloseTo(new LogitMseLoss().evaluate(batch, 1, new double[3]) / 3, within(1e-3));
    }

    @Test
    void refusesAWeightThatIsNone() {
        assertThatThrownBy(() -> new LogitMseLoss.Settings(Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight must be finite and >= 0, was NaN");
    }
}
