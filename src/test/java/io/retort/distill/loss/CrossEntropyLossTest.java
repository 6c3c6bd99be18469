package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.Target;
import io.retort.distill.loss.LogitLoss.LogitBatch;
import io.retort.distill.schedule.Schedule;
import java.util.List;
import org.junit.jupiter.api.Test;

class CrossEntropyLossTest implements LossContract {
    @Override
    public List<LossSettings> settings() {
        return List.of(
                new CrossEntropyLoss.Settings(1, 0),
                new CrossEntropyLoss.Settings(1, 0.1),
                new CrossEntropyLoss.HardTarget(Schedule.of(1)),
                new CrossEntropyLoss.Settings(Schedule.of(1), 0.1, List.of(0.5, 10.0, 0.0, 1.0, 2.0)));
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // logits (ln 3, 0) give q = (3/4, 1/4); label 1 smoothed by 0.2 gives t = (1/10, 9/10)
        LogitBatch batch = LogitBatch.labelled(1, 2, new double[] {Math.log(3), 0}, new double[] {0, 1});
        double[] gradient = new double[2];
        double loss = new CrossEntropyLoss(0.2, List.of()).evaluate(batch, 1, gradient);
        assertThat(loss).isCloseTo(-0.1 * Math.log(0.75) - 0.9 * Math.log(0.25), within(1e-12));
        assertThat(gradient[0]).isCloseTo(0.75 - 0.1, within(1e-12));
        assertThat(gradient[1]).isCloseTo(0.25 - 0.9, within(1e-12));
    }

    @Test
    void hardTargetIsTheTeachersMostProbableClass() {
        // q = (3/4, 1/4); the teacher's greatest logit is the second, whatever the label is and however near the first
        LogitBatch batch =
                LogitBatch.taught(1, 2, new double[] {Math.log(3), 0}, new double[] {1, 0}, new double[] {1.9, 2});
        double[] gradient = new double[2];
        double loss = new CrossEntropyLoss.HardTarget(Schedule.of(1)).create().evaluate(batch, 1, gradient);
        assertThat(loss).isCloseTo(Math.log(4), within(1e-12));
        assertThat(gradient).containsExactly(new double[] {0.75, -0.75}, within(1e-12));
    }

    @Test
    void weighsClasses() {
        // q = (3/4, 1/4); the rare class counts 10 times: one row of each gives (0.5 · ln 4/3 + 10 · ln 4) / 2
        LogitBatch batch =
                LogitBatch.labelled(2, 2, new double[] {Math.log(3), 0, Math.log(3), 0}, new double[] {1, 0, 0, 1});
        double[] gradient = new double[4];
        double loss = new CrossEntropyLoss(0, List.of(0.5, 10.0)).evaluate(batch, 1, gradient);
        assertThat(loss).isCloseTo((0.5 * Math.log(4.0 / 3) + 10 * Math.log(4)) / 2, within(1e-12));
        assertThat(gradient).containsExactly(new double[] {-0.0625, 0.0625, 3.75, -3.75}, within(1e-12));
    }

    @Test
    void refusesWeightsThatDoNotFit() {
        CrossEntropyLoss.Settings weighted = new CrossEntropyLoss.Settings(Schedule.of(1), 0, List.of(1.0, 19.0));
        weighted.requireFits(new Target.ClassTarget(List.of("no", "yes")));
        assertThatThrownBy(() -> new StandardizedLoss.Settings(1, weighted)
                        .requireFits(new Target.ClassTarget(List.of("no", "yes", "maybe"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("class-weights must have a weight for each of the 3 classes, was [1.0, 19.0]");
        for (List<Double> wrong : List.of(List.of(0.0, 0.0), List.of(-1.0, 1.0), List.of(Double.NaN, 1.0))) {
            assertThatThrownBy(() -> new CrossEntropyLoss.Settings(Schedule.of(1), 0, wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("class-weights must ");
        }
    }

    @Test
    void refusesASmoothingOfOne() {
        assertThatThrownBy(() -> new CrossEntropyLoss.Settings(1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("label-smoothing must be in [0, 1), was 1.0");
    }
}
