package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.distill.loss.FeatureLoss.FeatureBatch;
import io.retort.distill.loss.FeatureLoss.Settings.TapPair;
import io.retort.distill.schedule.Schedule;
import io.retort.engine.Tap;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TappedLossTest {
    private static final Map<String, Shape> TEACHER =
            taps("wide.relu", Shape.image(64, 14, 14), "pooled", Shape.vector(64));
    private static final Map<String, Shape> STUDENT =
            taps("thin.relu", Shape.image(8, 7, 7), "odd.relu", Shape.image(8, 5, 5));

    @Test
    void findsTheShapesOfEachPairAndLeavesLossesOfLogitsOut() {
        List<LossSettings> losses = List.of(
                new SoftTargetLoss.Settings(1, 4),
                new HintLoss.Settings(1, pairs("wide.relu", "thin.relu")),
                new RelationDistanceLoss.Settings(1, List.of()),
                new AttentionLoss.Settings(1, pairs("wide.relu", "thin.relu")));
        List<TappedLoss> tapped = TappedLoss.of(losses, TEACHER, STUDENT);
        assertThat(tapped).extracting(TappedLoss::student).containsExactly("thin.relu", "thin.relu");
        assertThat(tapped)
                .extracting(TappedLoss::teacher)
                .containsExactly(
                        Tap.features("wide.relu", Shape.image(64, 14, 14), 7, 7),
                        Tap.attention("wide.relu", Shape.image(64, 14, 14), 7, 7));
        assertThat(tapped)
                .extracting(TappedLoss::compared) // a hint's connector gives the teacher's channels
                .containsExactly(Shape.image(64, 7, 7), Shape.image(8, 7, 7));
        assertThat(tapped.get(0).connectorOutputs()).hasValue(64);
        assertThat(tapped.get(1).connectorOutputs()).isEmpty();
    }

    @Test
    void weighsItsLoss() {
        TappedLoss loss = TappedLoss.of(
                        List.of(new RelationDistanceLoss.Settings(0.5, pairs("pooled", "thin.relu"))), TEACHER, STUDENT)
                .get(0);
        double[] student = RelationLossContract.rows(3, 8 * 49, 1);
        double[] teacher = RelationLossContract.rows(3, 64, 2);
        FeatureBatch batch = new FeatureBatch(3, Shape.image(8, 7, 7), student, Shape.vector(64), teacher);
        double[] gradient = new double[student.length];
        double[] half = new double[student.length];
        double value = new RelationDistanceLoss().evaluate(batch, 0.5, half);
        assertThat(loss.evaluate(3, student, teacher, gradient)).isEqualTo(value / 2);
        assertThat(gradient).isEqualTo(half);
    }

    @Test
    void refusesAWeightThatMoves() {
        Schedule falling = new Schedule.Linear(1, 0);
        assertThatThrownBy(() -> TappedLoss.of(
                        List.of(new HintLoss.Settings(falling, pairs("pooled", "thin.relu"))), TEACHER, STUDENT))
                .hasMessage(
                        "loss 'hint' of taps needs a weight that is a number; only losses of logits have weights that"
                                + " move over the training");
    }

    @Test
    void refusesATapThatIsNotThere() {
        assertThatThrownBy(() -> TappedLoss.of(
                        List.of(new AttentionLoss.Settings(1, pairs("wide.rel", "thin.relu"))), TEACHER, STUDENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "loss 'attention' names the teacher tap 'wide.rel', which is no node of the teacher's network;"
                                + " did you mean 'wide.relu'? its taps are wide.relu, pooled");
        assertThatThrownBy(() -> TappedLoss.of(
                        List.of(new AttentionLoss.Settings(1, pairs("wide.relu", "logits"))), TEACHER, STUDENT))
                .hasMessage(
                        "loss 'attention' names the student tap 'logits', which is no node of the student's network;"
                                + " its taps are thin.relu, odd.relu");
    }

    @Test
    void refusesShapesThatCannotBeAlignedAndNamesBoth() {
        assertThatThrownBy(() -> TappedLoss.of(
                        List.of(new HintLoss.Settings(1, pairs("wide.relu", "odd.relu"))), TEACHER, STUDENT))
                .isInstanceOf(ShapeException.class)
                .hasMessage("loss 'hint' cannot align teacher tap 'wide.relu' [64, 14, 14] with student tap 'odd.relu'"
                        + " [8, 5, 5]: hint compares two vectors, or two images of which the height and width of one divide the"
                        + " other's");
    }

    private static List<TapPair> pairs(String teacher, String student) {
        return List.of(new TapPair(teacher, student));
    }

    private static Map<String, Shape> taps(String first, Shape firstShape, String second, Shape secondShape) {
        Map<String, Shape> taps = new LinkedHashMap<>();
        taps.put(first, firstShape);
        taps.put(second, secondShape);
        return taps;
    }
}
