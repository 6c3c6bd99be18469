package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.Labels.LabelCounts;
import io.retort.data.Target;
import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import java.util.List;
import org.junit.jupiter.api.Test;

class HuberLossTest implements LossContract {
    private static final Schedule ONE = Schedule.of(1);

    @Override
    public List<LossSettings> settings() {
        return List.of(
                new HuberLoss.SquaredError(ONE),
                new HuberLoss.Settings(ONE, 0.5),
                new HuberLoss.Settings(ONE, 2),
                new HuberLoss.ToTeacher(ONE, 1));
    }

    @Override
    public boolean comparesLogits() {
        return true;
    }

    @Test
    void matchesTheValuesWorkedOutByHand() {
        // distances from the labels 0.5 and −3, from the teacher's 1.5 and 0
        LogitBatch batch = LogitBatch.taught(1, 2, new double[] {1, 1}, new double[] {0.5, 4}, new double[] {-0.5, 1});
        assertThat(value(new HuberLoss.SquaredError(ONE), batch)).isCloseTo(0.125 + 4.5, within(1e-12));
        assertThat(value(new HuberLoss.Settings(ONE, 1), batch)).isCloseTo(0.125 + 2.5, within(1e-12));
        assertThat(value(new HuberLoss.ToTeacher(ONE, 1), batch)).isCloseTo(1, within(1e-12));
    }

    @Test
    void theSquaredErrorToTheTeacherIsLogitMse() {
        LogitBatch batch = LogitBatch.taught(1, 2, new double[] {1, 1}, new double[2], new double[] {-0.5, 1});
        assertThat(value(new HuberLoss.ToTeacher(ONE, 1e9), batch))
                .isCloseTo(value(new LogitMseLoss.Settings(1), batch), within(1e-12));
    }

    @Test
    void refusesADeltaThatIsNone() {
        assertThatThrownBy(() -> new HuberLoss.Settings(ONE, 0)).hasMessage("delta must be finite and > 0, was 0.0");
        assertThatThrownBy(() -> new HuberLoss.ToTeacher(ONE, Double.NaN)).hasMessageContaining("delta must be finite");
    }

    @Test
    void theUsualLossOfLabelsFollowsFromTheirKind() {
        LossSettings usual = new Losses.OfLabels(Schedule.of(2));
        assertThat(usual.fitted(labels(new Target.ClassTarget(List.of("a", "b")))))
                .isEqualTo(new CrossEntropyLoss.Settings(2, 0));
        assertThat(usual.fitted(labels(new Target.MultiLabelTarget(List.of("a", "b")))))
                .isEqualTo(new BinaryCrossEntropyLoss.Settings(Schedule.of(2), List.of()));
        assertThat(usual.fitted(labels(new Target.NumberTarget(List.of("a")))))
                .isEqualTo(new HuberLoss.SquaredError(Schedule.of(2)));
    }

    private static LabelCounts labels(Target target) {
        return new LabelCounts(target, 0, List.of());
    }

    private static double value(LossSettings loss, LogitBatch batch) {
        return loss.create().evaluate(batch, 1, new double[2]);
    }
}
