package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.network.Shape;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RelationDistanceLossTest implements LossContract {
    @Override
    public List<LossSettings> settings() {
        return List.of(new RelationDistanceLoss.Settings(1, List.of()));
    }

    /**
     * Twice the batch is another set of pairs: of 2n(2n − 1), 4n(n − 1) are as before and the rest are a sample and its double, at distance 0 for both.
     * So μ falls and ψ grows by k = (2n − 1)/(2n − 2), and where h is a square, the mean of the squares grows by k²/k = k.
     */
    @Override
    @Test
    public void isTheMeanOverTheBatch() {
        double[] student = rows(4, 3, 1);
        double[] teacher = rows(4, 3, 2);
        double once = loss(4, student, teacher);
        double twice = loss(8, rows(student, student), rows(teacher, teacher));
        assertThat(twice).isCloseTo(once * 7 / 6, within(1e-12));
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // student on a line at 0, 1, 2: distances 1, 1, 2, mean 4/3, relative 3/4, 3/4, 3/2
        // teacher at (0, 0), (3, 0), (0, 4): 3 (1st, 2nd), 5 (2nd, 3rd), 4 (1st, 3rd), mean 4, relative 3/4, 5/4, 1
        // differences 0, -1/2, 1/2; h = 0, 1/8, 1/8; their mean is 1/12
        assertThat(loss(3, new double[] {0, 0, 1, 0, 2, 0}, new double[] {0, 0, 3, 0, 0, 4}))
                .isCloseTo(1.0 / 12, within(1e-15));
    }

    @Test
    void takesTheAbsoluteDifferenceBeyondOne() {
        // Of four samples, three coincide for the student: distances 0, 0, 0, 1, 1, 1, mean 1/2, relative 0 and 2
        // The teacher's 3rd is far instead of its 4th: relative 0, 2, 0, 2, 0, 2 over (12, 13, 14, 23, 24, 34)
        // Differences 0, -2, 2, -2, 2, 0; h = 0 and 3/2; their mean is 1
        assertThat(loss(4, new double[] {0, 0, 0, 1}, new double[] {0, 0, 1, 0}))
                .isCloseTo(1, within(1e-15));
    }

    @Test
    void isZeroWhereTheStudentIsTheTeacherMovedTurnedAndScaled() {
        double[] teacher = rows(6, 2, 3);
        assertThat(loss(6, turned(teacher), teacher)).isCloseTo(0, within(1e-15));
        double[] gradient = new double[teacher.length];
        new RelationDistanceLoss()
                .evaluate(LogitBatch.taught(6, 2, turned(teacher), new double[12], teacher), 1, gradient);
        assertThat(gradient).containsExactly(new double[12], within(1e-14));
    }

    @Test
    void comparesTapsOfDifferentWidths() {
        double[] teacher = {0, 3, 7};
        double[] student = {0, 0, 3, 4, 9, 2};
        double[] padded = {0, 0, 3, 0, 7, 0};
        FeatureBatch batch = new FeatureBatch(3, Shape.vector(2), student, Shape.vector(1), teacher);
        assertThat(new RelationDistanceLoss().evaluate(batch, 1, new double[6])).isEqualTo(loss(3, student, padded));
    }

    @Test
    void hasNothingToCompareInABatchOfOneAndNoDirectionWhereAllCoincide() {
        assertThat(loss(1, new double[] {1, 2}, new double[] {3, 4})).isZero();
        double[] gradient = new double[6];
        double[] same = {1, 2, 1, 2, 1, 2};
        LogitBatch batch = LogitBatch.taught(3, 2, same, new double[6], new double[] {0, 0, 3, 0, 0, 4});
        assertThat(new RelationDistanceLoss().evaluate(batch, 1, gradient)).isPositive();
        assertThat(gradient).containsOnly(0);
    }

    /** Turned by 30°, tripled, and moved. */
    static double[] turned(double[] points) {
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

    static double[] rows(double[] first, double[] second) {
        double[] both = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static double loss(int size, double[] student, double[] teacher) {
        LogitBatch batch = LogitBatch.taught(size, student.length / size, student, new double[student.length], teacher);
        return new RelationDistanceLoss().evaluate(batch, 1, new double[student.length]);
    }
}
