package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class TeacherFreeLossTest implements LossContract {
    @Override
    public List<LossSettings> settings() {
        return List.of(new TeacherFreeLoss.Settings(1, 0.9, 1), new TeacherFreeLoss.Settings(1, 0.99, 20));
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // 3 classes, a = 1/2: p = (½, ¼, ¼); student q = (1/3, 1/3, 1/3): ½ ln(3/2) + 2 · ¼ ln(3/4)
        double byHand = 0.5 * Math.log(1.5) + 0.5 * Math.log(0.75);
        LogitBatch batch = LogitBatch.labelled(1, 3, new double[3], new double[] {1, 0, 0});
        assertThat(new TeacherFreeLoss(0.5, 1).evaluate(batch, 1, new double[3]))
                .isCloseTo(byHand, within(1e-12));
    }

    @Test
    void needsNoTeacher() {
        assertThat(new TeacherFreeLoss.Settings(1, 0.9, 20).source()).isEqualTo(LossSettings.Source.LABELS);
    }

    @Test
    void refusesAProbabilityOfOne() {
        assertThatThrownBy(() -> new TeacherFreeLoss.Settings(1, 1, 20))
                .hasMessage("correct must be in (0, 1), was 1.0");
    }
}
