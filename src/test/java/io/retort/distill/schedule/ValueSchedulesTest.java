package io.retort.distill.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.config.ReferenceContract;
import org.junit.jupiter.api.Test;

class ValueSchedulesTest {
    private static final double EXACT = 1e-12;

    @Test
    void defaultsAreExplained() {
        ReferenceContract.verifyKinds(ValueSchedules.CATALOGUE);
    }

    @Test
    void constantStays() {
        assertThat(values(ValueSchedule.of(3))).containsExactly(3, 3, 3, 3);
    }

    @Test
    void linearGoesStraight() {
        assertThat(values(new LinearCourse(8, 2))).containsExactly(new double[] {8, 6.5, 5, 2}, within(EXACT));
    }

    @Test
    void cosineLeavesAndArrivesSlowly() {
        // at 1/4: 2 + 6 · (1 + √½) / 2
        assertThat(values(new CosineCourse(8, 2)))
                .containsExactly(new double[] {8, 2 + 3 * (1 + Math.sqrt(0.5)), 5, 2}, within(EXACT));
    }

    @Test
    void warmUpMovesInItsShareOnly() {
        assertThat(values(new WarmUpCourse(0, 4, 0.5))).containsExactly(new double[] {0, 2, 4, 4}, within(EXACT));
    }

    @Test
    void noValueIsOutOfTheBounds() {
        for (ValueSchedule course : new ValueSchedule[] {
            new LinearCourse(8, 2), new CosineCourse(-1, 5), new WarmUpCourse(3, 1, 0.3), ValueSchedule.of(7)
        }) {
            for (double progress = 0; progress <= 1; progress += 1.0 / 64) {
                assertThat(course.at(progress))
                        .as("%s", course)
                        .isBetween(course.least() - EXACT, course.greatest() + EXACT);
            }
        }
    }

    @Test
    void refusesAWarmUpThatNeverEnds() {
        assertThatThrownBy(() -> new WarmUpCourse(0, 1, 1.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("share must be in (0, 1], was 1.5");
    }

    private static double[] values(ValueSchedule course) {
        return new double[] {course.at(0), course.at(0.25), course.at(0.5), course.at(1)};
    }
}
