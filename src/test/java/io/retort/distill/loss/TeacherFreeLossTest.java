package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import java.util.List;
import org.junit.jupiter.api.Test;

class TeacherFreeLossTest implements LossContract {
    @Override
    public List<LossSettings> settings() {
        return List.of(new TeacherFreeLoss.Settings(1, 0.99, 20), new TeacherFreeLoss.Settings(1, 0.9, 1));
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // a = 9/11 of 3 classes leaves 1/11 each; softened by T = 2: (3, 1, 1) / 5. The student (0, 0, 2 ln 2) gives
        // (1, 1, 2) / 4.
        double byHand = 4 * (0.6 * Math.log(2.4) + 0.2 * Math.log(0.8) + 0.2 * Math.log(0.4));
        assertThat(loss(new TeacherFreeLoss(9.0 / 11, Schedule.of(2)), new double[] {0, 0, 2 * Math.log(2)}))
                .isCloseTo(byHand, within(1e-12));
    }

    @Test
    void isZeroForAStudentThatGivesTheMadeUpProbabilities() {
        assertThat(loss(
                        new TeacherFreeLoss(0.8, Schedule.of(5)),
                        new double[] {Math.log(0.8), Math.log(0.1), Math.log(0.1)}))
                .isCloseTo(0, within(1e-12));
    }

    @Test
    void isLabelSmoothingWithoutItsConstantAtTemperatureOne() {
        // a = 1 − ε + ε / classes; cross-entropy is KL plus the entropy of the smoothed label, which no student changes
        double[] one = {2, -1, 0};
        double[] other = {0.3, 4, 1};
        LogitLoss smoothing = new CrossEntropyLoss(0.3, List.of());
        LogitLoss teacherFree = new TeacherFreeLoss(0.8, Schedule.of(1));
        assertThat(loss(teacherFree, one) - loss(teacherFree, other))
                .isCloseTo(loss(smoothing, one) - loss(smoothing, other), within(1e-12));
    }

    @Test
    void tendsToTheSquaredDifferenceFromLogProbabilitiesAtHighTemperature() {
        // Hinton et al. 2015, section 2.1, of centred logits; ln (8/10), ln (1/10), ln (1/10) differ by ln 8: centred
        // (2, −1, −1) · ln 8 / 3
        double third = Math.log(8) / 3;
        assertThat(loss(new TeacherFreeLoss(0.8, Schedule.of(1e4)), new double[3]))
                .isCloseTo(6 * third * third / (2 * 3), within(1e-3));
    }

    @Test
    void needsNoTeacher() {
        assertThat(new TeacherFreeLoss.Settings(1, 0.99, 20).source()).isEqualTo(LossSettings.Source.LABELS);
        LogitBatch labelled = LogitBatch.labelled(1, 3, new double[3], new double[] {0, 1, 0});
        assertThat(new TeacherFreeLoss(0.99, Schedule.of(20)).evaluate(labelled, 1, new double[3]))
                .isPositive();
    }

    @Test
    void refusesACertainTeacher() {
        assertThatThrownBy(() -> new TeacherFreeLoss.Settings(1, 1, 20))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("correct-probability must be in (0, 1), was 1.0");
    }

    private static double loss(LogitLoss loss, double[] student) {
        return loss.evaluate(LogitBatch.labelled(1, 3, student, new double[] {1, 0, 0}), 1, new double[3]);
    }
}
