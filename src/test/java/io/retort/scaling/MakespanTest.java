package io.retort.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.scaling.Makespan.Activity;
import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class MakespanTest {
    private static final Offset<Double> EXACT = within(1e-9);

    /** So many seconds on one slot, shared out among at most so many. */
    private record Work(double seconds, int most) implements Makespan.Pace {
        @Override
        public int busy(int share) {
            return Math.min(share, most);
        }

        @Override
        public Costs costs(int share, int working) {
            return new Costs().add(Term.COMPUTE, seconds / Math.min(share, most));
        }
    }

    private record Measured(double seconds) implements Makespan.Pace {
        @Override
        public int busy(int share) {
            return 0;
        }

        @Override
        public Costs costs(int share, int working) {
            return new Costs().add(Term.FIXED, seconds);
        }
    }

    /** Slower where other slots of the machine are busy. */
    private record Hindered(double seconds) implements Makespan.Pace {
        @Override
        public int busy(int share) {
            return 1;
        }

        @Override
        public Costs costs(int share, int working) {
            return new Costs().add(Term.COMPUTE, seconds * working);
        }
    }

    private static Activity work(double seconds, int most) {
        return new Activity(Optional.empty(), seconds, new Work(seconds, most));
    }

    private static double local(int slots, Activity... activities) {
        return Makespan.of(Cluster.local(slots, 0), List.of(activities)).total();
    }

    @Test
    void whatIsIndependentIsUnderWayAtTheSameTime() {
        assertThat(local(2, work(10, 1), work(10, 1))).isEqualTo(10, EXACT);
        assertThat(local(1, work(10, 1), work(10, 1))).isEqualTo(20, EXACT);
    }

    @Test
    void theLongestIsAdmittedFirst() {
        // 6 beside 4 and then 2; as they are written, 2 beside 4, and 6 alone from 2 to 8
        assertThat(local(2, work(2, 1), work(4, 1), work(6, 1))).isEqualTo(6, EXACT);
    }

    @Test
    void whatEndsGivesItsSlotsToTheOthers() {
        // 2 slots each until 4 is done after 2 seconds, then 4 of the 8 are left for 4 slots
        assertThat(local(4, work(8, 4), work(4, 4))).isEqualTo(3, EXACT);
        // it has use for 2 only
        assertThat(local(4, work(8, 2), work(4, 4))).isEqualTo(4, EXACT);
    }

    @Test
    void theRemainderGoesToTheFirst() {
        // 2 slots and 1 for 3 seconds, then 3 slots for the 3 seconds of work that are left
        assertThat(local(3, work(6, 3), work(6, 3))).isEqualTo(4, EXACT);
    }

    @Test
    void whatNeedsAnotherWaitsForIt() {
        Activity second = new Activity(Optional.of(0), 100, new Work(4, 1));
        // a slot each for 3 seconds, two for the rest of the first, and then one is left alone
        assertThat(local(2, work(4, 2), second, work(3, 1))).isEqualTo(3 + 0.5 + 4, EXACT);
    }

    @Test
    void aMeasurementIsAloneOnTheDriversMachine() {
        List<Activity> activities = List.of(work(4, 1), work(1, 1), new Activity(Optional.of(1), 0, new Measured(2)));
        Costs local = Makespan.of(Cluster.local(2, 0), activities);
        assertThat(local.total()).isEqualTo(6, EXACT);
        assertThat(local.seconds().get(Term.FIXED)).isEqualTo(2, EXACT);
        assertThat(Makespan.of(new Cluster(2, 2, 1, 1e9, 0), activities).total())
                .isEqualTo(4, EXACT);
    }

    @Test
    void busySlotsOfAMachineHinderEachOther() {
        Activity first = new Activity(Optional.empty(), 1, new Hindered(1));
        Activity second = new Activity(Optional.empty(), 2, new Hindered(2));
        // half as fast for 2 seconds, in which 1 of the other's 2 is done
        assertThat(local(2, first, second)).isEqualTo(3, EXACT);
    }
}
