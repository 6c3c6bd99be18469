package io.retort.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoundPlanTest {
    private static final List<Shard> SHARDS = IntStream.range(0, 11)
            .mapToObj(i -> new Shard("shard" + i, 100 + i, List.of(), List.of(), List.of()))
            .toList();

    @Test
    void showsEveryShardOncePerEpoch() {
        for (int replicas = 1; replicas <= 13; replicas++) {
            List<Shard> seen = new ArrayList<>();
            for (RoundPlan round : RoundPlan.epoch(SHARDS, 7, 3, replicas, 2)) {
                assertThat(round.shards()).hasSize(replicas);
                round.shards().forEach(seen::addAll);
            }
            assertThat(seen).containsExactlyInAnyOrderElementsOf(SHARDS);
        }
    }

    @Test
    void dependsOnSeedAndEpochOnly() {
        List<RoundPlan> plan = RoundPlan.epoch(SHARDS, 7, 3, 2, 1);
        assertThat(RoundPlan.epoch(SHARDS, 7, 3, 2, 1)).isEqualTo(plan);
        assertThat(RoundPlan.epoch(SHARDS, 8, 3, 2, 1)).isNotEqualTo(plan);
        assertThat(RoundPlan.epoch(SHARDS, 7, 4, 2, 1)).isNotEqualTo(plan);
    }

    @Test
    void leavesReplicasWithoutShardsInTheLastRound() {
        List<RoundPlan> rounds = RoundPlan.epoch(SHARDS, 1, 0, 4, 2);
        assertThat(rounds).hasSize(2);
        assertThat(rounds.get(1).shards()).extracting(List::size).containsExactly(1, 1, 1, 0);
    }

    @Test
    void countsTheStepsOfTheBusiestReplica() {
        RoundPlan plan = new RoundPlan(List.of(List.of(SHARDS.get(0)), List.of(SHARDS.get(1)), List.of()));
        assertThat(plan.iterations(50)).isEqualTo(3); // 101 samples are two batches of 50 and one of 1
        assertThat(plan.samples()).isEqualTo(201);
    }
}
