package io.retort.distill.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.config.ReferenceContract;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.schedule.ISchedule;

class SchedulesTest {
    private static final double EXACT = 1e-12;

    @Test
    void defaultsAreExplained() {
        ReferenceContract.verifyKinds(Schedules.CATALOGUE);
    }

    @Test
    void constantStays() {
        ISchedule schedule = new LearningRate(0.3, 0, new ConstantSchedule.Settings()).create(100);
        assertThat(schedule.valueAt(0, 0)).isEqualTo(0.3);
        assertThat(schedule.valueAt(99, 0)).isEqualTo(0.3);
    }

    @Test
    void cosineGoesFromTheRateToItsFinalFractionAndStaysThere() {
        ISchedule schedule = new LearningRate(2, 0, new CosineDecay.Settings(0.1)).create(100);
        assertThat(schedule.valueAt(0, 0)).isCloseTo(2, within(EXACT));
        assertThat(schedule.valueAt(50, 0)).isCloseTo(1.1, within(EXACT)); // 2 · (0.1 + 0.9 / 2)
        assertThat(schedule.valueAt(100, 0)).isCloseTo(0.2, within(EXACT));
        assertThat(schedule.valueAt(150, 0)).isCloseTo(0.2, within(EXACT));
    }

    @Test
    void cosineOfNoFractionEndsAtNothing() {
        ISchedule schedule = new LearningRate(1, 0, new CosineDecay.Settings(0)).create(3);
        assertThat(schedule.valueAt(1, 0)).isCloseTo(0.75, within(EXACT)); // (1 + cos 60°) / 2
        assertThat(schedule.valueAt(3, 0)).isCloseTo(0, within(EXACT));
    }

    @Test
    void stepsAreEquallyLong() {
        ISchedule schedule = new LearningRate(1, 0, new StepDecay.Settings(0.1, 3)).create(90);
        assertThat(schedule.valueAt(29, 0)).isCloseTo(1, within(EXACT));
        assertThat(schedule.valueAt(30, 0)).isCloseTo(0.1, within(EXACT));
        assertThat(schedule.valueAt(59, 0)).isCloseTo(0.1, within(EXACT));
        assertThat(schedule.valueAt(60, 0)).isCloseTo(0.01, within(EXACT));
        assertThat(schedule.valueAt(89, 0)).isCloseTo(0.01, within(EXACT));
    }

    @Test
    void stepsThatDoNotDivideTheTrainingFollowTheFormula() {
        ISchedule schedule = new LearningRate(1, 0, new StepDecay.Settings(0.5, 3)).create(10);
        assertThat(schedule.valueAt(3, 0)).isCloseTo(1, within(EXACT)); // ⌊0.3 · 3⌋ = 0
        assertThat(schedule.valueAt(7, 0)).isCloseTo(0.25, within(EXACT)); // ⌊0.7 · 3⌋ = 2
    }

    @Test
    void aStepBeginsOnTheIterationThatTheFormulaSays() {
        ISchedule schedule = new LearningRate(1, 0, new StepDecay.Settings(0.5, 14)).create(18);
        assertThat(schedule.valueAt(8, 0)).isEqualTo(Math.pow(0.5, 6)); // ⌊8 · 14 / 18⌋
        assertThat(schedule.valueAt(9, 0)).isEqualTo(Math.pow(0.5, 7)); // 9 / (18 / 14) is less than 7 in doubles
    }

    @Test
    void warmUpIsRoundedInDecimals() {
        // 0.145 of 100 is 14.5, and so 15 iterations; in doubles it is less
        ISchedule schedule = new LearningRate(1, 0.145, new ConstantSchedule.Settings()).create(100);
        assertThat(schedule.valueAt(13, 0)).isLessThan(1);
        assertThat(schedule.valueAt(14, 0)).isCloseTo(1, within(EXACT));
    }

    @Test
    void warmUpRisesLinearlyToTheSchedule() {
        ISchedule schedule = new LearningRate(1, 0.1, new ConstantSchedule.Settings()).create(100);
        assertThat(schedule.valueAt(0, 0)).isCloseTo(0.1, within(EXACT));
        assertThat(schedule.valueAt(4, 0)).isCloseTo(0.5, within(EXACT));
        assertThat(schedule.valueAt(9, 0)).isCloseTo(1, within(EXACT));
        assertThat(schedule.valueAt(10, 0)).isCloseTo(1, within(EXACT));
    }

    @Test
    void aTrainingWithoutStepsHasARate() {
        assertThat(new LearningRate(1, 0.5, new CosineDecay.Settings(0))
                        .create(0)
                        .valueAt(0, 0))
                .isEqualTo(1);
    }

    @Test
    void refusesWhatIsNoRate() {
        ScheduleSettings constant = new ConstantSchedule.Settings();
        assertThatThrownBy(() -> new LearningRate(0, 0, constant)).hasMessage("rate must be finite and > 0, was 0.0");
        assertThatThrownBy(() -> new LearningRate(Double.NaN, 0, constant))
                .hasMessage("rate must be finite and > 0, was NaN");
        assertThatThrownBy(() -> new LearningRate(1, 1, constant)).hasMessage("warm-up must be in [0, 1), was 1.0");
        assertThatThrownBy(() -> new CosineDecay.Settings(1.5)).hasMessage("final-fraction must be in [0, 1], was 1.5");
        assertThatThrownBy(() -> new StepDecay.Settings(0, 3)).hasMessage("factor must be in (0, 1], was 0.0");
        assertThatThrownBy(() -> new StepDecay.Settings(0.1, 0)).hasMessage("steps must be at least 1, was 0");
    }
}
