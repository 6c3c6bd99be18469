package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class DistLossTest implements LossContract {
    @Override
    public List<LossSettings> settings() {
        return List.of(
                new DistLoss.Settings(1, 1, 1, 1),
                new DistLoss.Settings(1, 0, 2, 4),
                new DistLoss.Settings(1, 2, 0, 0.5));
    }

    @Override
    public boolean relatesSamples() {
        return true;
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // Rows: teacher p = (1/2, 1/3, 1/6), student (1/6, 1/3, 1/2): ρ = −1, so 1 − ρ = 2. One sample has no columns
        // to correlate: 1 − 0 = 1.
        double[] teacher = {Math.log(3), Math.log(2), 0};
        double[] student = {0, Math.log(2), Math.log(3)};
        assertThat(value(1, 0, 1, 1, student, teacher)).isCloseTo(2, within(1e-6));
        assertThat(value(0, 3, 1, 1, student, teacher)).isCloseTo(3, within(1e-6));
    }

    @Test
    void isZeroWhereStudentAndTeacherAgreeAndGrowsWithTheSquareOfTheTemperature() {
        double[] logits = {1, -2, 0.5, 0, 3, 1};
        assertThat(value(1, 1, 1, 2, logits, logits)).isCloseTo(0, within(1e-6));
        double[] twice = {2, -4, 1, 0, 6, 2};
        double[] other = {0, 1, 0, 1, 1, 0};
        double[] otherTwice = {0, 2, 0, 2, 2, 0};
        assertThat(value(1, 1, 2, 2, twice, otherTwice)).isCloseTo(4 * value(1, 1, 1, 2, logits, other), within(1e-9));
    }

    @Test
    void refusesSettingsOutOfTheirRange() {
        assertThatThrownBy(() -> new DistLoss.Settings(1, 1, -2, 1))
                .hasMessage("gamma must be finite and >= 0, was -2.0");
        assertThatThrownBy(() -> new DistLoss.Settings(1, 1, 1, Double.POSITIVE_INFINITY))
                .hasMessage("temperature must be finite and > 0, was Infinity");
    }

    private static double value(
            double beta, double gamma, double temperature, int size, double[] student, double[] teacher) {
        LogitBatch batch = LogitBatch.taught(size, 3, student, new double[3 * size], teacher);
        return new DistLoss(beta, gamma, temperature).evaluate(batch, 1, new double[3 * size]);
    }
}
