package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.distill.loss.LogitLoss.LogitBatch;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PktLossTest implements LossContract {
    private static final double[] RIGHT = {2, 0};
    private static final double[] UP = {0, 3};

    @Override
    public List<LossSettings> settings() {
        return List.of(new PktLoss.Settings(1));
    }

    @Override
    public boolean comparesSamples() {
        return true;
    }

    @Override
    public boolean comparesLogits() {
        return true;
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // The teacher has right, right, up: K is 1 of the equal and 1/2 of the others; so p(·|0) = (2/3, 1/3), p(·|1) =
        // (2/3, 1/3), p(·|2) = (1/2, 1/2).
        // The student has right, up, right: q(·|0) over samples 1 and 2 = (1/3, 2/3), q(·|1) over 0 and 2 = (1/2, 1/2),
        // q(·|2) over 0 and 1 = (2/3, 1/3).
        double first = 2.0 / 3 * Math.log(2) + 1.0 / 3 * Math.log(0.5);
        double second = 2.0 / 3 * Math.log(4.0 / 3) + 1.0 / 3 * Math.log(2.0 / 3);
        double third = 0.5 * Math.log(3.0 / 4) + 0.5 * Math.log(1.5);
        assertThat(loss(rows(RIGHT, UP, RIGHT), rows(RIGHT, RIGHT, UP)))
                .isCloseTo((first + second + third) / 3, within(1e-6));
    }

    @Test
    void isZeroWhereTheStudentsRowsAreTheTeachersInAnotherScale() {
        double[] teacher = {3, -1, 0.5, 2, -2, 1};
        double[] student = Arrays.stream(teacher).map(logit -> 5 * logit).toArray();
        assertThat(loss(student, teacher)).isCloseTo(0, within(1e-12));
    }

    @Test
    void fewerThanThreeSamplesHaveNothingToCompare() {
        double[] gradient = new double[4];
        double loss = new PktLoss()
                .evaluate(LogitBatch.taught(2, 2, rows(RIGHT, UP), new double[4], rows(UP, UP)), 1, gradient);
        assertThat(loss).isZero();
        assertThat(gradient).containsOnly(0);
    }

    @Test
    void aRowOfZerosIsAtARightAngleToAllAndPullsNowhere() {
        double[] gradient = new double[6];
        double[] teacher = rows(RIGHT, UP, UP);
        double loss = new PktLoss()
                .evaluate(LogitBatch.taught(3, 2, rows(RIGHT, new double[2], UP), new double[6], teacher), 1, gradient);
        assertThat(loss).isGreaterThan(0.01);
        assertThat(Arrays.copyOfRange(gradient, 2, 4)).containsOnly(0);
    }

    @Test
    void oppositeRowsCostMuchButNotInfinitelyMuch() {
        double[] opposite = {-2, 0};
        assertThat(loss(rows(RIGHT, opposite, opposite), rows(RIGHT, RIGHT, opposite)))
                .isFinite()
                .isGreaterThan(1);
    }

    @Test
    void refusesAnInfiniteWeight() {
        assertThatThrownBy(() -> new PktLoss.Settings(Double.POSITIVE_INFINITY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight must be finite and >= 0, was Infinity");
    }

    private static double[] rows(double[]... rows) {
        return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    }

    private static double loss(double[] student, double[] teacher) {
        return new PktLoss().evaluate(LogitBatch.taught(3, 2, student, new double[6], teacher), 1, new double[6]);
    }
}
