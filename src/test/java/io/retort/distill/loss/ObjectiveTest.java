package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.Labels;
import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.loss.Signals.SignalLayout;
import io.retort.distill.schedule.Schedule;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ObjectiveTest {
    private static final List<LossSettings> LOSSES =
            List.of(new CrossEntropyLoss.Settings(0.3, 0), new SoftTargetLoss.Settings(0.7, 4));

    private final INDArray logits = Nd4j.createFromArray(new float[][] {{1, 2, -1}, {0, 0.5f, 3}});
    private static final SignalLayout TAUGHT = new SignalLayout(3, true);

    private final INDArray targets = signals(1, 2);

    @Test
    void weighsAndAddsItsLosses() {
        double labels = score(objective(new CrossEntropyLoss.Settings(1, 0)));
        double teacher = score(objective(new SoftTargetLoss.Settings(1, 4)));
        assertThat(score(new Objective(LOSSES, TAUGHT))).isCloseTo(0.3 * labels + 0.7 * teacher, within(1e-9));
    }

    @Test
    void givesDl4jTheGradientOfTheBatchSum() {
        Objective objective = new Objective(LOSSES, TAUGHT);
        INDArray gradient = objective.computeGradient(targets, logits, new ActivationIdentity(), null);
        float step = 1e-2f;
        for (int row = 0; row < 2; row++) {
            for (int column = 0; column < 3; column++) {
                double above = sumAt(objective, row, column, step);
                double below = sumAt(objective, row, column, -step);
                assertThat(gradient.getDouble(row, column)).isCloseTo((above - below) / (2 * step), within(1e-3));
            }
        }
    }

    @Test
    void movesItsWeightsAndTemperaturesWithTheStepsBehind() {
        // over 100 steps the weight goes from 2 to 0 and the temperature from 8 to 2
        Objective moving = new Objective(
                List.of(
                        new CrossEntropyLoss.Settings(0.3, 0),
                        new SoftTargetLoss.Settings(new Schedule.Linear(2, 0), new Schedule.Linear(8, 2))),
                TAUGHT,
                100);
        assertThat(score(moving)).isEqualTo(score(moving.at(0))).isEqualTo(score(still(2, 8)));
        assertThat(score(moving.at(50))).isEqualTo(score(still(1, 5)));
        assertThat(score(moving.at(100))).isEqualTo(score(still(0, 2)));
        assertThat(score(moving.at(1000))).isEqualTo(score(still(0, 2)));
        assertThat(gradient(moving.at(50))).isEqualTo(gradient(still(1, 5))).isNotEqualTo(gradient(still(2, 8)));
    }

    private static Objective still(double weight, double temperature) {
        return objective(new CrossEntropyLoss.Settings(0.3, 0), new SoftTargetLoss.Settings(weight, temperature));
    }

    @Test
    void courseWithinAWrappedLossMovesToo() {
        Objective moving = new Objective(
                List.of(new StandardizedLoss.Settings(
                        Schedule.of(1),
                        new SoftTargetLoss.Settings(new Schedule.Linear(2, 0), new Schedule.Linear(8, 2)))),
                TAUGHT,
                100);
        Objective still = objective(new StandardizedLoss.Settings(1, new SoftTargetLoss.Settings(1, 5)));
        assertThat(score(moving.at(50))).isEqualTo(score(still));
        assertThat(gradient(moving.at(50))).isEqualTo(gradient(still));
    }

    @Test
    void refusesACourseThatIsOnceNoTemperature() {
        assertThatThrownBy(() -> new SoftTargetLoss.Settings(Schedule.of(1), new Schedule.WarmUp(0, 4, 0.1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("temperature must be finite and > 0, was 0.0");
        assertThatThrownBy(() -> new SoftTargetLoss.Settings(new Schedule.Linear(1, -2), Schedule.of(4)))
                .hasMessage("weight must be finite and >= 0, was -2.0");
    }

    private static INDArray signals(int... labels) {
        return Nd4j.create(
                TAUGHT.packed(Labels.ofClasses(labels), Optional.of(new float[] {0, 4, 1, -1, 0, 2})),
                new long[] {2, TAUGHT.width()},
                'c');
    }

    private static Objective objective(LossSettings... losses) {
        return new Objective(List.of(losses), TAUGHT);
    }

    private INDArray gradient(Objective objective) {
        return objective.computeGradient(targets, logits, new ActivationIdentity(), null);
    }

    @Test
    void rowWithoutLabelHasTheTeachersLossAndCountsInTheMeanOfTheLabels() {
        INDArray half = signals(1, Labels.NONE);
        double both = score(objective(new CrossEntropyLoss.Settings(1, 0)));
        double second = new CrossEntropyLoss.Settings(1, 0)
                .create()
                .evaluate(
                        LogitBatch.labelled(1, 3, new double[] {0, 0.5, 3}, new double[] {0, 0, 1}), 1, new double[3]);
        assertThat(objective(new CrossEntropyLoss.Settings(1, 0))
                        .computeScore(half, logits, new ActivationIdentity(), null, true))
                .isCloseTo(both - second / 2, within(1e-9));
        Objective soft = objective(new SoftTargetLoss.Settings(1, 4));
        assertThat(soft.computeScore(half, logits, new ActivationIdentity(), null, true))
                .isEqualTo(score(soft));
    }

    @Test
    void scoresSamplesOneByOne() {
        Objective objective = new Objective(LOSSES, TAUGHT);
        INDArray scores = objective.computeScoreArray(targets, logits, new ActivationIdentity(), null);
        assertThat(scores.meanNumber().doubleValue()).isCloseTo(score(objective), within(1e-6));
    }

    @Test
    void survivesJavaSerialisation() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new Objective(LOSSES, TAUGHT));
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            Objective copy = (Objective) in.readObject();
            assertThat(copy).isEqualTo(new Objective(LOSSES, TAUGHT));
            assertThat(score(copy)).isEqualTo(score(new Objective(LOSSES, TAUGHT)));
        }
    }

    private double score(Objective objective) {
        return objective.computeScore(targets, logits, new ActivationIdentity(), null, true);
    }

    private double sumAt(Objective objective, int row, int column, float by) {
        INDArray moved = logits.dup();
        moved.putScalar(row, column, moved.getFloat(row, column) + by);
        return objective.computeScore(targets, moved, new ActivationIdentity(), null, false);
    }
}
