package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class StandardizedLossTest implements LossContract {
    @Override
    public List<LossSettings> settings() {
        return List.of(
                new StandardizedLoss.Settings(1, new SoftTargetLoss.Settings(1, 2)),
                new StandardizedLoss.Settings(1, new DecoupledLoss.Settings(0.5, 1, 4, 1)),
                new StandardizedLoss.Settings(1, new CrossEntropyLoss.Settings(2, 0.1)));
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // (4, 0) has μ = 2 and σ = 2, so it becomes (1, −1); (0, 2) becomes (−1, 1): ½ · ((−2)² + 2²) / 2 = 2, times
        // the inner weight of 3
        double value = value(new LogitMseLoss(), 3, new double[] {4, 0}, new double[] {0, 2});
        assertThat(value).isCloseTo(6, within(1e-5));
    }

    @Test
    void seesNeitherTheTeachersScaleNorTheStudents() {
        double[] teacher = {10, -20};
        assertThat(value(new SoftTargetLoss(1), 1, new double[] {0.1, -0.2}, teacher))
                .isCloseTo(0, within(1e-6));
    }

    @Test
    void refusesToBeWrappedTwice() {
        StandardizedLoss.Settings once = new StandardizedLoss.Settings(1, new LogitMseLoss.Settings(1));
        assertThatThrownBy(() -> new StandardizedLoss.Settings(1, once))
                .hasMessage("loss must not be 'standardized' again: standardised logits stay what they are");
    }

    private static double value(LogitLoss inner, double weight, double[] student, double[] teacher) {
        LogitBatch batch = LogitBatch.taught(1, 2, student, new double[2], teacher);
        return new StandardizedLoss(inner, weight).evaluate(batch, 1, new double[2]);
    }
}
