package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.distill.loss.FeatureLoss.FeatureBatch;
import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.network.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every loss over the relations of samples must keep, beside what every loss over logits must. */
interface RelationLossContract extends LossContract {
    RelationLoss loss();

    /** At this weight, without taps. */
    LossSettings settings(double weight);

    /** A batch of four becomes another one when it is there twice: this many times its loss then. */
    double ofTwice();

    @Override
    default List<LossSettings> settings() {
        return List.of(settings(1));
    }

    @Override
    @Test
    default void isTheMeanOverTheBatch() {
        double[] student = rows(4, 3, 1);
        double[] teacher = rows(4, 3, 2);
        double once = value(4, student, teacher);
        double twice = value(8, twice(student), twice(teacher));
        assertThat(twice).isCloseTo(once * ofTwice(), within(1e-12));
    }

    @Test
    default void isZeroWhereTheStudentIsTheTeacherMovedTurnedAndScaled() {
        double[] teacher = rows(6, 2, 3);
        double[] gradient = new double[12];
        assertThat(loss().evaluate(6, turned(teacher), teacher, 1, gradient)).isCloseTo(0, within(1e-15));
        assertThat(gradient).containsExactly(new double[12], within(1e-14));
    }

    @Test
    default void comparesTapsOfDifferentWidths() {
        double[] student = {0, 0, 3, 4, 9, 2};
        FeatureBatch batch = new FeatureBatch(3, Shape.vector(2), student, Shape.vector(1), new double[] {0, 3, 7});
        assertThat(loss().evaluate(batch, 1, new double[6]))
                .isCloseTo(value(3, student, new double[] {0, 0, 3, 0, 7, 0}), within(1e-15));
    }

    @Test
    default void refusesANegativeWeight() {
        assertThatThrownBy(() -> settings(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight must be finite and >= 0, was -1.0");
    }

    /** Of logits. */
    default double value(int size, double[] student, double[] teacher) {
        LogitBatch batch = LogitBatch.taught(size, student.length / size, student, new double[student.length], teacher);
        return loss().evaluate(batch, 1, new double[student.length]);
    }

    /** Turned by 30°, tripled, and moved. */
    private static double[] turned(double[] points) {
        double[] turned = new double[points.length];
        double cosine = Math.cos(Math.PI / 6);
        double sine = Math.sin(Math.PI / 6);
        for (int i = 0; i < points.length; i += 2) {
            turned[i] = 3 * (cosine * points[i] - sine * points[i + 1]) + 5;
            turned[i + 1] = 3 * (sine * points[i] + cosine * points[i + 1]) - 2;
        }
        return turned;
    }

    static double[] rows(int size, int width, long seed) {
        return new Random(seed).doubles((long) size * width, -2, 2).toArray();
    }

    private static double[] twice(double[] rows) {
        double[] both = Arrays.copyOf(rows, 2 * rows.length);
        System.arraycopy(rows, 0, both, rows.length, rows.length);
        return both;
    }
}
