package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.distill.loss.FeatureLoss.FeatureBatch;
import io.retort.distill.loss.FeatureLoss.Settings.TapPair;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimilarityPreservingLossTest implements FeatureLossContract {
    private static final TapPair PAIR = new TapPair("block3.relu", "block2.relu");

    @Override
    public List<Example> examples() {
        return List.of(
                new Example(new SimilarityPreservingLoss(), Shape.image(2, 2, 3), Shape.image(3, 1, 1)),
                new Example(new SimilarityPreservingLoss(), Shape.vector(5), Shape.image(2, 2, 1)));
    }

    @Override
    public SimilarityPreservingLoss.Settings settings() {
        return new SimilarityPreservingLoss.Settings(2, List.of(PAIR));
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // student 1 and 1: products all 1, rows (1, 1)/√2. Teacher (1, 0) and (0, 2): products (1, 0), (0, 4), rows (1,
        // 0), (0, 1)
        // each row: (1 − 1/√2)² + 1/2 = 2 − √2
        FeatureBatch batch =
                new FeatureBatch(2, Shape.vector(1), new double[] {1, 1}, Shape.vector(2), new double[] {1, 0, 0, 2});
        assertThat(FeatureLossContract.value(new SimilarityPreservingLoss(), batch))
                .isCloseTo(2 - Math.sqrt(2), within(1e-15));
    }

    @Test
    void isZeroWhereTheStudentIsTheTeacherTurnedAndScaled() {
        // (x, y) becomes 2 · (−y, x)
        FeatureBatch batch = new FeatureBatch(
                2, Shape.vector(2), new double[] {-4, 2, 2, 6}, Shape.vector(2), new double[] {1, 2, 3, -1});
        assertThat(FeatureLossContract.value(new SimilarityPreservingLoss(), batch))
                .isCloseTo(0, within(1e-15));
    }

    @Test
    void aSampleWithoutFeaturesPullsNowhere() {
        double[] gradient = new double[4];
        FeatureBatch batch = new FeatureBatch(2, Shape.vector(2), new double[4], Shape.vector(1), new double[] {1, 2});
        new SimilarityPreservingLoss().evaluate(batch, 1, gradient);
        assertThat(gradient).containsOnly(0);
    }

    @Test
    void readsTheTeacherOnTheStudentsGridWhereItCan() {
        Shape teacher = Shape.image(64, 14, 14);
        assertThat(settings().reading(PAIR, teacher, Shape.image(8, 7, 7)).shape())
                .isEqualTo(Shape.image(64, 7, 7));
        assertThat(settings().reading(PAIR, teacher, Shape.image(8, 5, 5)).shape())
                .isEqualTo(teacher);
        assertThat(settings().reading(PAIR, teacher, Shape.vector(8)).shape()).isEqualTo(teacher);
    }

    @Test
    void refusesFeaturesThatAreNotOfTheirShape() {
        assertThatThrownBy(
                        () -> new FeatureBatch(2, Shape.image(2, 1, 3), new double[12], Shape.vector(4), new double[4]))
                .isInstanceOf(ShapeException.class)
                .hasMessage("teacher features have 4 values, 2 samples of [4] need 8");
    }
}
