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

class HintLossTest implements FeatureLossContract {
    private static final TapPair PAIR = new TapPair("block3.relu", "block2.relu");

    @Override
    public List<Example> examples() {
        return List.of(
                new Example(new HintLoss(), Shape.image(2, 2, 3), Shape.image(2, 2, 3)),
                new Example(new HintLoss(), Shape.image(2, 4, 6), Shape.image(2, 2, 2)),
                new Example(new HintLoss(), Shape.vector(5), Shape.vector(5)));
    }

    @Override
    public HintLoss.Settings settings() {
        return new HintLoss.Settings(2, List.of(PAIR));
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // Two channels over 1 × 2, averaged to 1 × 1: (1 + 3)/2 = 2 and (0 + 1)/2 = 1/2; the teacher has 1 and 2
        // differences 1 and -3/2; half the mean of the squares is (1 + 9/4) / 4
        FeatureBatch batch = new FeatureBatch(
                1, Shape.image(2, 1, 2), new double[] {1, 3, 0, 1}, Shape.image(2, 1, 1), new double[] {1, 2});
        double[] gradient = new double[4];
        assertThat(new HintLoss().evaluate(batch, 1, gradient)).isCloseTo(3.25 / 4, within(1e-15));
        // By an average: its difference / 2 elements; by each of the two that it is of: half of that
        assertThat(gradient).containsExactly(0.25, 0.25, -0.375, -0.375);
    }

    @Test
    void isZeroWhereTheFeaturesAreTheTeachers() {
        double[] same = {1, 2, 3};
        FeatureBatch batch = new FeatureBatch(1, Shape.vector(3), same, Shape.vector(3), same.clone());
        assertThat(FeatureLossContract.value(new HintLoss(), batch)).isZero();
    }

    @Test
    void refusesShapesThatCannotBeAligned() {
        for (Shape student : List.of(Shape.image(8, 5, 7), Shape.vector(8), Shape.image(8, 28, 7))) {
            assertThatThrownBy(() -> settings().reading(PAIR, Shape.image(64, 14, 14), student))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage(
                            "hint compares two vectors, or two images of which the height and width of one divide the other's");
        }
    }

    @Test
    void refusesOtherChannels() {
        FeatureBatch batch = new FeatureBatch(1, Shape.vector(2), new double[2], Shape.vector(3), new double[3]);
        assertThatThrownBy(() -> FeatureLossContract.value(new HintLoss(), batch))
                .isInstanceOf(ShapeException.class)
                .hasMessage("a hint compares features of as many channels, was given student features [2] and teacher"
                        + " features [3]; a connector makes them alike");
    }
}
