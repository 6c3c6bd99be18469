package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import java.util.List;
import org.junit.jupiter.api.Test;

class SoftBinaryCrossEntropyLossTest implements LossContract {
    @Override
    public List<LossSettings> settings() {
        return List.of(of(1), of(4));
    }

    @Override
    public boolean comparesLogits() {
        return true;
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // T = 2: the teacher's 2 ln 3 gives p = 3/4, the student's 0 gives q = 1/2
        double byHand = 4 * (0.75 * Math.log(1.5) + 0.25 * Math.log(0.5));
        double[] gradient = new double[1];
        double loss = of(2).create()
                .evaluate(
                        LogitBatch.taught(1, 1, new double[] {0}, new double[1], new double[] {2 * Math.log(3)}),
                        1,
                        gradient);
        assertThat(loss).isCloseTo(byHand, within(1e-12));
        assertThat(gradient[0]).isCloseTo(2 * (0.5 - 0.75), within(1e-12));
    }

    @Test
    void isZeroWhereStudentAndTeacherAgreeHoweverSureTheyAre() {
        double[] logits = {800, -800, 0.5};
        assertThat(of(1).create().evaluate(LogitBatch.taught(1, 3, logits, new double[3], logits), 1, new double[3]))
                .isCloseTo(0, within(1e-12));
    }

    private static SoftBinaryCrossEntropyLoss.Settings of(double temperature) {
        return new SoftBinaryCrossEntropyLoss.Settings(Schedule.of(1), Schedule.of(temperature));
    }
}
