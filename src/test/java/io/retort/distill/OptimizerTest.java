package io.retort.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.config.ReferenceContract;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

class OptimizerTest {
    /** 0.5 in iteration 0, 0.05 in iteration 1. */
    private static final ISchedule RATE = new StepSchedule(ScheduleType.ITERATION, 0.5, 0.1, 1);

    @Test
    void defaultsAreExplained() {
        ReferenceContract.verifyKinds(Optimizer.CATALOGUE);
    }

    @Test
    void sgdStepsByTheRateTimesTheGradient() {
        assertThat(updates(new Optimizer.Sgd().create(RATE), 2, -4)).containsExactly(1f, -0.2f);
    }

    @Test
    void adamsFirstStepIsTheRateWhateverTheGradient() {
        // m = 0.1 g and v = 0.001 g², each divided by 1 − β: rate · g / (|g| + ε)
        float[] updates = updates(new Optimizer.Adam(0.9, 0.999, 1e-8).create(RATE), 1000);
        assertThat(updates[0]).isCloseTo(0.5f, within(1e-5f));
    }

    @Test
    void nesterovLooksAhead() {
        // v = −rate · g, and the step is −(µ · v) + (1 + µ) · v = v − µ·v₀, the first of which is (1 + µ) · rate · g
        float[] updates = updates(new Optimizer.Nesterov(0.9).create(new FixedSchedule(0.5)), 2);
        assertThat(updates[0]).isCloseTo(1.9f, within(1e-5f));
    }

    @Test
    void refusesSettingsOutsideTheirRange() {
        assertThatThrownBy(() -> new Optimizer.Adam(1, 0.999, 1e-8)).hasMessage("beta1 must be in [0, 1), was 1.0");
        assertThatThrownBy(() -> new Optimizer.Adam(0.9, -1, 1e-8)).hasMessage("beta2 must be in [0, 1), was -1.0");
        assertThatThrownBy(() -> new Optimizer.Adam(0.9, 0.999, 0)).hasMessage("epsilon must be > 0, was 0.0");
        assertThatThrownBy(() -> new Optimizer.Nesterov(Double.NaN)).hasMessage("momentum must be in [0, 1), was NaN");
    }

    /** What is taken from a parameter in each iteration. */
    private static float[] updates(IUpdater updater, float... gradients) {
        boolean hasState = updater.stateSize(1) > 0;
        GradientUpdater<?> applied =
                updater.instantiate(hasState ? Nd4j.zeros(1, updater.stateSize(1)) : null, hasState);
        float[] updates = new float[gradients.length];
        for (int i = 0; i < gradients.length; i++) {
            INDArray gradient = Nd4j.createFromArray(new float[][] {{gradients[i]}});
            applied.applyUpdater(gradient, i, 0);
            updates[i] = gradient.getFloat(0);
        }
        return updates;
    }
}
