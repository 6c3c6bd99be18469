package io.retort.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.engine.dl4j.TrainingState;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateAverageTest {
    @Test
    void weighsByTheSamplesThatEachReplicaSaw() {
        TrainingState average = StateAverage.of(List.of(
                result(0, 100, new float[] {1, 2}, new float[] {10}, 5),
                result(1, 300, new float[] {5, -2}, new float[] {30}, 7)));
        assertThat(average.parameters()).containsExactly(4, -1); // (100·1 + 300·5) / 400, (100·2 − 300·2) / 400
        assertThat(average.updaterState()).containsExactly(25);
        assertThat(average.iteration()).isEqualTo(7);
    }

    @Test
    void doesNotDependOnTheOrderInWhichReplicasFinish() {
        RoundResult first = result(0, 3, new float[] {0.1f}, new float[0], 1);
        RoundResult second = result(1, 5, new float[] {0.7f}, new float[0], 1);
        RoundResult third = result(2, 11, new float[] {-0.3f}, new float[0], 1);
        assertThat(StateAverage.of(List.of(third, first, second)).parameters())
                .containsExactly(StateAverage.of(List.of(first, second, third)).parameters());
    }

    @Test
    void leavesOutReplicasThatSawNothing() {
        TrainingState state = StateAverage.of(List.of(
                result(0, 0, new float[] {100}, new float[0], 1), result(1, 8, new float[] {3}, new float[0], 2)));
        assertThat(state.parameters()).containsExactly(3);
    }

    @Test
    void refusesARoundInWhichNobodyTrained() {
        assertThatThrownBy(() -> StateAverage.of(List.of(result(0, 0, new float[0], new float[0], 0))))
                .hasMessage("no replica trained on any sample, so there is nothing to average");
    }

    private static RoundResult result(int replica, long samples, float[] parameters, float[] updater, long iteration) {
        return new RoundResult(replica, samples, 0, 0, new TrainingState(parameters, updater, iteration));
    }
}
