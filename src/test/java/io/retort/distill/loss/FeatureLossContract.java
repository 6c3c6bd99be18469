package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.distill.loss.FeatureLoss.FeatureBatch;
import io.retort.network.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.lang3.SerializationUtils;
import org.junit.jupiter.api.Test;

/** What every loss over a pair of taps must keep. */
interface FeatureLossContract {
    /** Shapes that the loss compares, and features of them. */
    record Example(FeatureLoss loss, Shape student, Shape teacher) {
        FeatureBatch batch(int size, long seed) {
            return new FeatureBatch(
                    size,
                    student,
                    random(size * student.elements(), seed),
                    teacher,
                    random(size * teacher.elements(), seed + 1));
        }
    }

    /** The loss over several pairs of shapes. */
    List<Example> examples();

    FeatureLoss.Settings settings();

    @Test
    default void gradientIsThatOfCentralDifferences() {
        for (Example example : examples()) {
            FeatureBatch batch = example.batch(4, 1);
            double[] gradient = new double[batch.student().length];
            example.loss().evaluate(batch, 0.7, gradient);
            double step = 1e-5;
            for (int i = 0; i < gradient.length; i++) {
                double difference =
                        value(example.loss(), moved(batch, i, step)) - value(example.loss(), moved(batch, i, -step));
                assertThat(gradient[i])
                        .as("%s, feature %d", example, i)
                        .isCloseTo(0.7 * difference / (2 * step), within(1e-8));
            }
        }
    }

    @Test
    default void isTheMeanOverTheBatch() {
        for (Example example : examples()) {
            FeatureBatch batch = example.batch(3, 2);
            FeatureBatch twice = new FeatureBatch(
                    6, example.student(), twice(batch.student()), example.teacher(), twice(batch.teacher()));
            assertThat(value(example.loss(), twice))
                    .as("%s", example)
                    .isCloseTo(value(example.loss(), batch), within(1e-12));
        }
    }

    @Test
    default void addsToTheGradientAndLeavesItAloneAtWeightZero() {
        for (Example example : examples()) {
            FeatureBatch batch = example.batch(3, 3);
            double[] gradient = new double[batch.student().length];
            Arrays.fill(gradient, 2);
            example.loss().evaluate(batch, 0, gradient);
            assertThat(gradient).as("%s", example).containsOnly(2);
        }
    }

    @Test
    default void survivesJavaSerialisation() {
        assertThat(SerializationUtils.roundtrip(settings())).isEqualTo(settings());
    }

    @Test
    default void comparesNoLogits() {
        assertThatThrownBy(() -> settings().create()).hasMessage("this loss compares taps, not logits");
    }

    static double value(FeatureLoss loss, FeatureBatch batch) {
        return loss.evaluate(batch, 1, new double[batch.student().length]);
    }

    private static FeatureBatch moved(FeatureBatch batch, int at, double by) {
        double[] student = batch.student().clone();
        student[at] += by;
        return new FeatureBatch(batch.size(), batch.studentShape(), student, batch.teacherShape(), batch.teacher());
    }

    private static double[] twice(double[] values) {
        double[] both = Arrays.copyOf(values, 2 * values.length);
        System.arraycopy(values, 0, both, values.length, values.length);
        return both;
    }

    private static double[] random(int count, long seed) {
        return new Random(seed).doubles(count, 0.1, 2).toArray();
    }
}
