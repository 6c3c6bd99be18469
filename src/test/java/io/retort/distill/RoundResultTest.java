package io.retort.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.engine.TrainableNetwork.TrainingState;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RoundResultTest {
    /**
     * A mean of means, each weighted by its samples, is the mean of all; each level rounds to single precision once.
     */
    @Test
    void groupsAverageToWhatAllAverageTo() {
        Random random = new Random(1);
        List<RoundResult> all = new ArrayList<>();
        for (int replica = 0; replica < 20; replica++) {
            all.add(result(replica, random.nextInt(5) * 100L, 2.5, random.nextFloat(), random.nextFloat()));
        }
        List<RoundResult> groups = new ArrayList<>();
        for (int from = 0; from < 20; from += 6) {
            groups.add(RoundResult.merged(all.subList(from, Math.min(20, from + 6))));
        }
        float[] direct = RoundResult.mean(all).parameters();
        float[] grouped = RoundResult.mean(groups).parameters();
        for (int i = 0; i < direct.length; i++) {
            assertThat(grouped[i]).isCloseTo(direct[i], within(2 * Math.ulp(1f)));
        }
        assertThat(groups.stream().mapToLong(RoundResult::samples).sum())
                .isEqualTo(all.stream().mapToLong(RoundResult::samples).sum());
        assertThat(groups.stream().mapToDouble(RoundResult::lossSum).sum()).isEqualTo(50);
    }

    @Test
    void aGroupInWhichNobodyTrainedSaysSo() {
        RoundResult merged = RoundResult.merged(List.of(result(0, 0, 0, 0.25f), result(1, 0, 0, 0.5f)));
        assertThat(merged.samples()).isZero();
        assertThat(merged.diverged()).isFalse();
    }

    @Test
    void aGroupDivergesWithAnyOfItsReplicas() {
        RoundResult diverged = new RoundResult(1, 100, Double.NaN, Double.POSITIVE_INFINITY, state(0.5f));
        RoundResult merged = RoundResult.merged(List.of(result(0, 100, 1, 0.25f), diverged));
        assertThat(merged.diverged()).isTrue();
        assertThat(merged.lastLoss()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void theMeanWeighsBySamples() {
        TrainingState average = RoundResult.mean(List.of(
                trained(0, 100, new float[] {1, 2}, new float[] {10}, 5),
                trained(1, 300, new float[] {5, -2}, new float[] {30}, 7)));
        assertThat(average.parameters()).containsExactly(4, -1); // (100·1 + 300·5) / 400, (100·2 − 300·2) / 400
        assertThat(average.updaterState()).containsExactly(25);
        assertThat(average.iteration()).isEqualTo(7);
    }

    @Test
    void theMeanDoesNotDependOnTheOrderInWhichReplicasFinish() {
        RoundResult first = trained(0, 3, new float[] {0.1f}, new float[0], 1);
        RoundResult second = trained(1, 5, new float[] {0.7f}, new float[0], 1);
        RoundResult third = trained(2, 11, new float[] {-0.3f}, new float[0], 1);
        assertThat(RoundResult.mean(List.of(third, first, second)).parameters())
                .containsExactly(RoundResult.mean(List.of(first, second, third)).parameters());
    }

    @Test
    void theMeanLeavesOutReplicasWithoutSamples() {
        TrainingState state = RoundResult.mean(List.of(
                trained(0, 0, new float[] {100}, new float[0], 1), trained(1, 8, new float[] {3}, new float[0], 2)));
        assertThat(state.parameters()).containsExactly(3);
    }

    @Test
    void thereIsNoMeanOfARoundInWhichNobodyTrained() {
        assertThatThrownBy(() -> RoundResult.mean(List.of(trained(0, 0, new float[0], new float[0], 0))))
                .hasMessage("no replica trained on any sample, so there is nothing to average");
    }

    private static RoundResult trained(int replica, long samples, float[] parameters, float[] updater, long iteration) {
        return new RoundResult(replica, samples, 0, 0, new TrainingState(parameters, updater, iteration));
    }

    private static RoundResult result(int replica, long samples, double lossSum, float... parameters) {
        return new RoundResult(replica, samples, lossSum, 1, state(parameters));
    }

    private static TrainingState state(float... parameters) {
        return new TrainingState(parameters, new float[0], 1);
    }
}
