package io.retort.distill.loss;

import static io.retort.distill.loss.RelationDistanceLossTest.rows;
import static io.retort.distill.loss.RelationDistanceLossTest.turned;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.network.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelationAngleLossTest implements LossContract {
    @Override
    public List<LossSettings> settings() {
        return List.of(new RelationAngleLoss.Settings(1, List.of()));
    }

    /**
     * Twice the batch has 2n(2n − 1)(2n − 2) triples, of which 8n(n − 1)(n − 2) are as before; in the rest a sample meets its double, and teacher and student
     * agree. So the mean is 2(n − 2)/(2n − 1) of what it was.
     */
    @Override
    @Test
    public void isTheMeanOverTheBatch() {
        double[] student = rows(4, 3, 1);
        double[] teacher = rows(4, 3, 2);
        double once = loss(4, student, teacher);
        double twice = loss(8, rows(student, student), rows(teacher, teacher));
        assertThat(twice).isCloseTo(once * 4 / 7, within(1e-12));
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // student on a line at 0, 1, 2: the cosines at the three samples are 1, -1, 1
        // teacher at (0, 0), (3, 0), (0, 4), a right angle at the first: 0, 3/5, 4/5
        // differences 1, -8/5, 1/5; h = 1/2, 11/10, 1/50; their mean is 1.62 / 3
        assertThat(loss(3, new double[] {0, 0, 1, 0, 2, 0}, new double[] {0, 0, 3, 0, 0, 4}))
                .isCloseTo(0.54, within(1e-15));
    }

    @Test
    void isZeroWhereTheStudentIsTheTeacherMovedTurnedAndScaled() {
        double[] teacher = rows(6, 2, 3);
        assertThat(loss(6, turned(teacher), teacher)).isCloseTo(0, within(1e-15));
    }

    @Test
    void comparesTapsOfDifferentWidths() {
        double[] student = {0, 0, 3, 4, 9, 2};
        FeatureBatch batch = new FeatureBatch(3, Shape.vector(2), student, Shape.vector(1), new double[] {0, 3, 7});
        assertThat(new RelationAngleLoss().evaluate(batch, 1, new double[6]))
                .isCloseTo(loss(3, student, new double[] {0, 0, 3, 0, 7, 0}), within(1e-15));
    }

    @Test
    void hasNoTripleInABatchOfTwo() {
        assertThat(loss(2, new double[] {1, 2, 5, 1}, new double[] {3, 4, 0, 0}))
                .isZero();
    }

    @Test
    void refusesANegativeWeight() {
        assertThatThrownBy(() -> new RelationAngleLoss.Settings(-1, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight must be finite and >= 0, was -1.0");
    }

    private static double loss(int size, double[] student, double[] teacher) {
        LogitBatch batch = LogitBatch.taught(size, student.length / size, student, new double[student.length], teacher);
        return new RelationAngleLoss().evaluate(batch, 1, new double[student.length]);
    }
}
