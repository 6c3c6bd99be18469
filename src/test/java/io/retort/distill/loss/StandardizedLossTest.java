package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandardizedLossTest implements LossContract {
    @Override
    public List<LossSettings> settings() {
        return List.of(
                new StandardizedLoss.Settings(1, new SoftTargetLoss.Settings(1, 2)),
                new StandardizedLoss.Settings(1, new LogitMseLoss.Settings(0.3)),
                new StandardizedLoss.Settings(1, new DecoupledLoss.Settings(2, 1, 8, 1)),
                new StandardizedLoss.Settings(1, new CrossEntropyLoss.Settings(1, 0.1)));
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // student (5, 1, 3, 3): mean 3, σ² = (4 + 4) / 4 = 2, y = (√2, −√2, 0, 0); teacher (0, 0, 0, 4): mean 1, σ² =
        // (1 + 1 + 1 + 9) / 4 = 3,
        // y = (−1, −1, −1, 3) / √3. ½ Σ (y − x)² = ½ (4 + 4) − y·x, and y·x = √2 · (−1 + 1) / √3 = 0.
        LogitLoss loss = new StandardizedLoss.Settings(1, new LogitMseLoss.Settings(1)).create();
        assertThat(loss(loss, new double[] {5, 1, 3, 3}, new double[] {0, 0, 0, 4}))
                .isCloseTo(4, within(1e-12));
    }

    @Test
    void pullsNeitherTheMeanNorTheDeviationEvenWhereTheLossWithinDoes() {
        // y = (√2, −√2, 0, 0) as above, g = (1, 2, −4, 3): mean(g) = 1/2 and mean(g · y) = −√2 / 4, so
        // g − mean(g) − y · mean(g · y) = (1/2, 3/2, −9/2, 5/2) + (1/2, −1/2, 0, 0)
        double[] slopes = {1, 2, -4, 3};
        LogitLoss linear = (batch, weight, gradient) -> {
            for (int i = 0; i < slopes.length; i++) {
                gradient[i] += weight * slopes[i];
            }
            return 0;
        };
        double[] gradient = new double[4];
        LogitBatch batch = LogitBatch.labelled(1, 4, new double[] {5, 1, 3, 3}, new double[4]);
        new StandardizedLoss(linear, Schedule.of(1)).evaluate(batch, 1, gradient);
        double root = Math.sqrt(2);
        assertThat(gradient).containsExactly(new double[] {1 / root, 1 / root, -4.5 / root, 2.5 / root}, within(1e-12));
    }

    @Test
    void theWeightOfTheLossWithinCounts() {
        LogitLoss one = new StandardizedLoss.Settings(1, new LogitMseLoss.Settings(1)).create();
        LogitLoss three = new StandardizedLoss.Settings(1, new LogitMseLoss.Settings(3)).create();
        double[] student = {5, 1, 3, 2};
        double[] teacher = {0, 1, -1, 4};
        assertThat(loss(three, student, teacher)).isCloseTo(3 * loss(one, student, teacher), within(1e-12));
    }

    @Test
    void doesNotAskTheStudentForTheTeachersScale() {
        LogitLoss loss = new StandardizedLoss.Settings(1, new SoftTargetLoss.Settings(1, 2)).create();
        assertThat(loss(loss, new double[] {0.1, 0.2, 0.3, 0.7}, new double[] {10, 20, 30, 70}))
                .isCloseTo(0, within(1e-12));
    }

    @Test
    void aRowWithoutDeviationIsNotPulled() {
        double[] gradient = new double[4];
        LogitLoss loss = new StandardizedLoss.Settings(1, new SoftTargetLoss.Settings(1, 2)).create();
        double[] constant = {7, 7, 7, 7};
        double value =
                loss.evaluate(LogitBatch.taught(1, 4, constant, new double[4], new double[] {1, 2, 3, 4}), 1, gradient);
        assertThat(value).isGreaterThan(0.01);
        assertThat(gradient).containsOnly(0);
    }

    @Test
    void needsATeacherWhereTheLossWithinDoes() {
        assertThat(new StandardizedLoss.Settings(1, new SoftTargetLoss.Settings(1, 2)).source())
                .isEqualTo(LossSettings.Source.TEACHER);
        assertThat(new StandardizedLoss.Settings(1, new CrossEntropyLoss.Settings(1, 0)).source())
                .isEqualTo(LossSettings.Source.LABELS);
    }

    @Test
    void refusesANegativeWeight() {
        assertThatThrownBy(() -> new StandardizedLoss.Settings(-1, new LogitMseLoss.Settings(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight must be finite and >= 0, was -1.0");
    }

    private static double loss(LogitLoss loss, double[] student, double[] teacher) {
        return loss.evaluate(LogitBatch.taught(1, 4, student, new double[4], teacher), 1, new double[4]);
    }
}
