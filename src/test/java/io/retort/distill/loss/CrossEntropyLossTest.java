package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class CrossEntropyLossTest implements LossContract {
    @Override
    public List<LossSettings> settings() {
        return List.of(new CrossEntropyLoss.Settings(1, 0), new CrossEntropyLoss.Settings(1, 0.1));
    }

    @Test
    void matchesTheValueWorkedOutByHand() {
        // logits (ln 3, 0) give q = (3/4, 1/4); label 1 smoothed by 0.2 gives t = (1/10, 9/10)
        LogitBatch batch = LogitBatch.labelled(1, 2, new double[] {Math.log(3), 0}, new double[] {0, 1});
        double[] gradient = new double[2];
        double loss = new CrossEntropyLoss(0.2).evaluate(batch, 1, gradient);
        assertThat(loss).isCloseTo(-0.1 * Math.log(0.75) - 0.9 * Math.log(0.25), within(1e-12));
        assertThat(gradient[0]).isCloseTo(0.75 - 0.1, within(1e-12));
        assertThat(gradient[1]).isCloseTo(0.25 - 0.9, within(1e-12));
    }

    @Test
    void refusesASmoothingOfOne() {
        assertThatThrownBy(() -> new CrossEntropyLoss.Settings(1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("label-smoothing must be in [0, 1), was 1.0");
    }
}
