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

class AttentionLossTest implements FeatureLossContract {
    private static final TapPair PAIR = new TapPair("block3.relu", "block2.relu");

    @Override
    public List<Example> examples() {
        return List.of(
                new Example(new AttentionLoss(), Shape.image(3, 2, 3), Shape.image(1, 2, 3)),
                new Example(new AttentionLoss(), Shape.image(2, 4, 6), Shape.image(1, 2, 3)));
    }

    @Override
    public AttentionLoss.Settings settings() {
        return new AttentionLoss.Settings(2, List.of(PAIR));
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // channels (1, 0) and (1, 2) over two positions: mean squares (1, 2), of norm √5; the teacher's map (3, 4) has
        // norm 5
        double[] student = {1, 0, 1, 2};
        double byHand = Math.pow(1 / Math.sqrt(5) - 0.6, 2) + Math.pow(2 / Math.sqrt(5) - 0.8, 2);
        assertThat(loss(Shape.image(2, 1, 2), student, Shape.image(1, 1, 2), new double[] {3, 4}))
                .isCloseTo(byHand, within(1e-15));
    }

    @Test
    void averagesTheLargerMap() {
        // squares 1, 9 | 4, 16 over 1 × 4 are averaged to 5 | 10, whose direction is that of (1, 2)
        assertThat(loss(Shape.image(1, 1, 4), new double[] {1, 3, 2, 4}, Shape.image(1, 1, 2), new double[] {1, 2}))
                .isCloseTo(0, within(1e-15));
    }

    @Test
    void isTwoWhereTheStudentLooksElsewhereAndZeroWhateverTheScaleOfTheSame() {
        Shape two = Shape.image(1, 1, 2);
        assertThat(loss(two, new double[] {7, 0}, two, new double[] {0, 1})).isCloseTo(2, within(1e-15));
        assertThat(loss(two, new double[] {0, -7}, two, new double[] {0, 1})).isCloseTo(0, within(1e-15));
    }

    @Test
    void aStudentThatIsDarkEverywhereHasNoGradient() {
        double[] gradient = new double[2];
        Shape two = Shape.image(1, 1, 2);
        double loss = new AttentionLoss()
                .evaluate(new FeatureBatch(1, two, new double[2], two, new double[] {0.6, 0.8}), 1, gradient);
        assertThat(loss).isCloseTo(1, within(1e-15));
        assertThat(gradient).containsOnly(0);
    }

    @Test
    void readsTheTeachersMapOnTheSmallerGrid() {
        assertThat(settings()
                        .reading(PAIR, Shape.image(64, 14, 14), Shape.image(8, 7, 7))
                        .shape())
                .isEqualTo(Shape.image(1, 7, 7));
        assertThat(settings()
                        .reading(PAIR, Shape.image(64, 7, 7), Shape.image(8, 28, 28))
                        .shape())
                .isEqualTo(Shape.image(1, 7, 7));
    }

    @Test
    void refusesWhatHasNoMap() {
        for (Shape student : List.of(Shape.image(8, 5, 7), Shape.vector(8), Shape.image(8, 1, 1))) {
            assertThatThrownBy(() -> settings().reading(PAIR, Shape.image(64, 14, 14), student))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage(
                            "attention compares maps of more than one position, and the height and width of one must divide the"
                                    + " other's");
        }
        assertThatThrownBy(() -> new AttentionLoss.Settings(1, List.of()))
                .hasMessage("pairs must name at least one pair of taps, such as"
                        + " [{ teacher = block3.relu, student = block2.relu }]");
    }

    private static double loss(Shape studentShape, double[] student, Shape teacherShape, double[] teacher) {
        return FeatureLossContract.value(
                new AttentionLoss(), new FeatureBatch(1, studentShape, student, teacherShape, teacher));
    }
}
