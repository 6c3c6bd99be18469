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

class ContrastiveLossTest implements FeatureLossContract {
    private static final TapPair PAIR = new TapPair("block3.relu", "block2.relu");

    @Override
    public List<Example> examples() {
        return List.of(
                new Example(new ContrastiveLoss(1), Shape.vector(3), Shape.vector(3)),
                new Example(new ContrastiveLoss(0.2), Shape.image(3, 2, 1), Shape.image(3, 1, 1)));
    }

    @Override
    public ContrastiveLoss.Settings settings() {
        return new ContrastiveLoss.Settings(2, List.of(PAIR), 0.07);
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // directions: student (1, 0) and (0, 1), teacher (1, 0) and (1, 0); with temperature 1/2 the similarities are
        // (2, 2) and (0, 0)
        // rows: log mean exp is 2 and 0, less the own 2 and 0: nothing. Columns: log((e² + 1) / 2) each, less 2 and 0.
        // The mean over two samples: log((e² + 1) / 2) − 1
        FeatureBatch batch = new FeatureBatch(
                2, Shape.vector(2), new double[] {3, 0, 0, 5}, Shape.vector(2), new double[] {2, 0, 7, 0});
        assertThat(FeatureLossContract.value(new ContrastiveLoss(0.5), batch))
                .isCloseTo(Math.log((Math.exp(2) + 1) / 2) - 1, within(1e-14));
    }

    /** Where each sample is like its own and like no other, both halves are at their least. */
    @Test
    void comesCloseToItsBoundWhereEachSampleIsTheTeachersOwnOnly() {
        double[] axes = {1, 0, 0, 0, 1, 0, 0, 0, 1};
        FeatureBatch batch = new FeatureBatch(3, Shape.vector(3), axes, Shape.vector(3), axes);
        assertThat(FeatureLossContract.value(new ContrastiveLoss(0.02), batch))
                .isCloseTo(-2 * Math.log(3), within(1e-12));
    }

    /** Softmax of large numbers: z is up to 1/τ. */
    @Test
    void isFiniteAtASmallTemperature() {
        double[] one = {1, 0, 0.9, 0.1};
        double[] other = {0, 1, 1, 0};
        FeatureBatch batch = new FeatureBatch(2, Shape.vector(2), one, Shape.vector(2), other);
        double[] gradient = new double[4];
        assertThat(new ContrastiveLoss(1e-4).evaluate(batch, 1, gradient)).isFinite();
        for (double value : gradient) {
            assertThat(value).isFinite();
        }
    }

    @Test
    void aSampleWithoutFeaturesPullsNowhere() {
        double[] gradient = new double[4];
        FeatureBatch batch =
                new FeatureBatch(2, Shape.vector(2), new double[4], Shape.vector(2), new double[] {1, 2, 3, 4});
        new ContrastiveLoss(1).evaluate(batch, 1, gradient);
        assertThat(gradient).containsOnly(0);
    }

    @Test
    void readsTheTeacherAveragedOverPositions() {
        assertThat(settings()
                        .reading(PAIR, Shape.image(64, 14, 14), Shape.image(8, 5, 5))
                        .shape())
                .isEqualTo(Shape.image(64, 1, 1));
    }

    @Test
    void refusesAVectorBesideAnImage() {
        assertThatThrownBy(() -> settings().reading(PAIR, Shape.image(64, 14, 14), Shape.vector(8)))
                .isInstanceOf(ShapeException.class)
                .hasMessage("contrastive compares two vectors or two images");
    }

    @Test
    void refusesFeaturesOfOtherChannels() {
        FeatureBatch batch = new FeatureBatch(1, Shape.vector(2), new double[2], Shape.vector(3), new double[3]);
        assertThatThrownBy(() -> new ContrastiveLoss(1).evaluate(batch, 1, new double[2]))
                .isInstanceOf(ShapeException.class)
                .hasMessage(
                        "a contrast compares features of as many channels and the teacher's at one position, was given student"
                                + " features [2] and teacher features [3]; a connector makes them alike");
    }

    @Test
    void refusesATemperatureThatIsNotPositive() {
        assertThatThrownBy(() -> new ContrastiveLoss.Settings(1, List.of(PAIR), 0))
                .hasMessage("temperature must be > 0, was 0.0");
    }
}
