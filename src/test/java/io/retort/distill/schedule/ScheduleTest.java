package io.retort.distill.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.config.ReferenceContract;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final double EXACT = 1e-12;

    @Test
    void defaultsAreExplained() {
        ReferenceContract.verifyKinds(Schedule.CATALOGUE);
    }

    @Test
    void constantStays() {
        assertThat(values(Schedule.of(3))).containsExactly(3, 3, 3, 3);
    }

    @Test
    void linearGoesStraight() {
        assertThat(values(new Schedule.Linear(8, 2))).containsExactly(new double[] {8, 6.5, 5, 2}, within(EXACT));
    }

    @Test
    void cosineLeavesAndArrivesSlowly() {
        // at 1/4: 2 + 6 · (1 + √½) / 2
        assertThat(values(new Schedule.Cosine(8, 2)))
                .containsExactly(new double[] {8, 2 + 3 * (1 + Math.sqrt(0.5)), 5, 2}, within(EXACT));
    }

    @Test
    void warmUpMovesInItsShareOnly() {
        assertThat(values(new Schedule.WarmUp(0, 4, 0.5))).containsExactly(new double[] {0, 2, 4, 4}, within(EXACT));
    }

    @Test
    void noValueIsOutOfTheBounds() {
        for (Schedule moving : new Schedule[] {
            new Schedule.Linear(8, 2), new Schedule.Cosine(-1, 5), new Schedule.WarmUp(3, 1, 0.3), Schedule.of(7)
        }) {
            for (double progress = 0; progress <= 1; progress += 1.0 / 64) {
                assertThat(moving.at(progress))
                        .as("%s", moving)
                        .isBetween(
                                Math.min(moving.from(), moving.to()) - EXACT,
                                Math.max(moving.from(), moving.to()) + EXACT);
            }
        }
    }

    @Test
    void refusesAWarmUpThatNeverEnds() {
        assertThatThrownBy(() -> new Schedule.WarmUp(0, 1, 1.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("share must be in (0, 1], was 1.5");
    }

    /** Values of trainings made before schedules were one family: the same recipe must train the same bits. */
    @Test
    void valuesKeepTheirBits() {
        double[] progress = {0, 1.0 / 3, 0.1, 0.77, 1};
        assertThat(Arrays.stream(progress).map(new Schedule.Cosine(8, 0.3)::at))
                .containsExactly(8.0, 6.075, 7.8115675877363415, 1.2620723819227306, 0.3);
        assertThat(Arrays.stream(progress).map(new Schedule.Linear(8, 0.3)::at))
                .containsExactly(8.0, 5.433333333333334, 7.23, 2.0709999999999997, 0.2999999999999998);
        assertThat(Arrays.stream(progress).map(new Schedule.WarmUp(0.1, 4.3, 0.7)::at))
                .containsExactly(0.1, 2.1, 0.7000000000000001, 4.3, 4.3);
        long bits = 0;
        for (Schedule schedule : List.of(
                Schedule.of(0.7),
                new Schedule.Cosine(8, 0.3),
                new Schedule.Linear(8, 0.3),
                new Schedule.WarmUp(0.1, 4.3, 0.7))) {
            for (int i = 0; i <= 997; i++) {
                bits = 31 * bits + Double.doubleToLongBits(schedule.at(i / 997.0));
            }
        }
        assertThat(bits).isEqualTo(-4506396807223186637L);
    }

    private static double[] values(Schedule moving) {
        return new double[] {moving.at(0), moving.at(0.25), moving.at(0.5), moving.at(1)};
    }
}
