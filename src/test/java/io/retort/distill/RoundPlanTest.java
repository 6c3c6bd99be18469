package io.retort.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoundPlanTest {
    private static final List<Dataset.Part> SHARDS = IntStream.range(0, 11)
            .mapToObj(i -> new Dataset.Part(new Shard("shard" + i, 100 + i, List.of(), List.of(), List.of()), 100 + i))
            .toList();
    private static final long ROWS = 1155;

    private static List<RoundPlan> rounds(int replicas, int interval) {
        StepSizes sizes = StepSizes.of(ROWS, replicas, 50);
        return RoundPlan.epoch(EpochPlan.of(SHARDS, 7, 3, sizes), 3, interval, sizes.steps());
    }

    @Test
    void firstStepsAreThoseOfTheWholeEpoch() {
        StepSizes sizes = StepSizes.of(ROWS, 4, 50);
        List<RoundPlan> first = RoundPlan.epoch(EpochPlan.of(SHARDS, 7, 3, sizes), 3, 10, 15);
        assertThat(first.get(0)).isEqualTo(rounds(4, 10).get(0));
        assertThat(first.stream().map(round -> round.chunks().get(0).microBatches()))
                .containsExactly(10, 5);
    }

    @Test
    void showsEveryRowOncePerEpoch() {
        for (int replicas = 1; replicas <= 13; replicas++) {
            List<String> seen = new ArrayList<>();
            for (RoundPlan round : rounds(replicas, 5)) {
                round.chunks().stream()
                        .flatMap(chunk -> chunk.parts().get(0).pieces().get(0).stream())
                        .forEach(piece -> IntStream.range(piece.from(), piece.to())
                                .forEach(row -> seen.add(piece.shard().key() + " row " + row)));
            }
            assertThat(seen).hasSize((int) ROWS).doesNotHaveDuplicates();
            assertThat(rounds(replicas, 5).stream()
                            .mapToLong(RoundPlan::samples)
                            .sum())
                    .isEqualTo(ROWS);
        }
    }

    /** 1,155 rows in batches of 50 at most are 24 steps. */
    @Test
    void hasTheSameStepsForAnyNumberOfReplicas() {
        for (int replicas : new int[] {1, 4, 13}) {
            List<RoundPlan> rounds = rounds(replicas, 10);
            assertThat(rounds).hasSize(3);
            assertThat(rounds.get(0).chunks()).hasSize(replicas);
            assertThat(rounds.stream()
                            .map(round -> round.chunks().get(0).microBatches())
                            .toList())
                    .isEqualTo(List.of(10, 10, 4));
        }
    }

    @Test
    void leavesOutReplicasThatHaveNoRow() {
        List<RoundPlan> rounds =
                RoundPlan.epoch(EpochPlan.of(SHARDS.subList(0, 1), 1, 0, StepSizes.of(3, 8, 50)), 0, 1, 1);
        assertThat(rounds).hasSize(1);
        assertThat(rounds.get(0).chunks())
                .hasSize(3)
                .allSatisfy(chunk -> assertThat(chunk.microBatches()).isEqualTo(1));
        assertThat(rounds.get(0).samples()).isEqualTo(3);
    }
}
