package io.retort.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import io.retort.distill.EpochPlan.Piece;
import io.retort.distill.EpochPlan.StepSizes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EpochPlanTest {
    private static final List<Dataset.Part> SHARDS =
            List.of(shard("a", 100), shard("b", 100), shard("c", 7), shard("d", 100), shard("e", 23));

    private static final List<Dataset.Part> ELEVEN =
            IntStream.range(0, 11).mapToObj(i -> shard("shard" + i, 100 + i)).toList();
    private static final long ROWS = 1155;

    @ParameterizedTest
    @CsvSource({"1, 32", "2, 32", "3, 31", "8, 64", "4, 330", "1, 1000"})
    void eachRowIsInOneStepOfOneLane(int lanes, int batchSize) {
        StepSizes sizes = StepSizes.of(330, lanes, batchSize);
        EpochPlan plan = EpochPlan.of(SHARDS, 1, 0, sizes);
        List<String> rows = new ArrayList<>();
        for (int lane = 0; lane < lanes; lane++) {
            for (int step = 0; step < sizes.steps(); step++) {
                List<String> own = rows(plan.pieces(lane, step, step + 1));
                assertThat(own).hasSize(sizes.at(lane, step));
                rows.addAll(own);
            }
        }
        assertThat(rows).hasSize(330).doesNotHaveDuplicates();
    }

    @Test
    void batchesDifferByOneRowForEachLaneAtMost() {
        StepSizes sizes = StepSizes.of(60_000, 2, 64);
        assertThat(sizes.steps()).isEqualTo(938); // 937.5 batches
        assertThat(IntStream.range(0, 938).map(sizes::at).distinct().toArray()).containsExactlyInAnyOrder(62, 64);
        assertThat(IntStream.range(0, 938).map(sizes::at).sum()).isEqualTo(60_000);
    }

    @Test
    void hasNoOverflowWithManyRows() {
        StepSizes sizes = StepSizes.of(10_000_000_000L, 8, 4096);
        assertThat(sizes.steps()).isEqualTo(2_441_407);
        assertThat(sizes.before(7) + sizes.before(7, sizes.steps())).isEqualTo(10_000_000_000L);
        assertThat(sizes.at(7, sizes.steps() - 1)).isBetween(511, 512);
    }

    @Test
    void seedAndEpochOrderTheShards() {
        StepSizes sizes = StepSizes.of(330, 2, 32);
        assertThat(EpochPlan.of(SHARDS, 1, 0, sizes)).isEqualTo(EpochPlan.of(SHARDS, 1, 0, sizes));
        assertThat(EpochPlan.of(SHARDS, 1, 1, sizes)).isNotEqualTo(EpochPlan.of(SHARDS, 1, 0, sizes));
        assertThat(EpochPlan.of(SHARDS, 2, 0, sizes)).isNotEqualTo(EpochPlan.of(SHARDS, 1, 0, sizes));
    }

    private static List<EpochPlan.Round> rounds(int replicas, int interval) {
        StepSizes sizes = StepSizes.of(ROWS, replicas, 50);
        return EpochPlan.of(ELEVEN, 7, 3, sizes).rounds(3, interval, sizes.steps());
    }

    @Test
    void roundsOfTheFirstStepsAreThoseOfTheWholeEpoch() {
        StepSizes sizes = StepSizes.of(ROWS, 4, 50);
        List<EpochPlan.Round> first = EpochPlan.of(ELEVEN, 7, 3, sizes).rounds(3, 10, 15);
        assertThat(first.get(0)).isEqualTo(rounds(4, 10).get(0));
        assertThat(first.stream().map(round -> round.chunks().get(0).microBatches()))
                .containsExactly(10, 5);
    }

    @Test
    void roundsShowEveryRowOncePerEpoch() {
        for (int replicas = 1; replicas <= 13; replicas++) {
            List<String> seen = new ArrayList<>();
            for (EpochPlan.Round round : rounds(replicas, 5)) {
                round.chunks().stream()
                        .flatMap(chunk -> chunk.parts().get(0).pieces().get(0).stream())
                        .forEach(piece -> IntStream.range(piece.from(), piece.to())
                                .forEach(row -> seen.add(piece.shard().key() + " row " + row)));
            }
            assertThat(seen).hasSize((int) ROWS).doesNotHaveDuplicates();
            assertThat(rounds(replicas, 5).stream()
                            .mapToLong(EpochPlan.Round::samples)
                            .sum())
                    .isEqualTo(ROWS);
        }
    }

    /** 1,155 rows in batches of 50 at most are 24 steps. */
    @Test
    void roundsHaveTheSameStepsForAnyNumberOfReplicas() {
        for (int replicas : new int[] {1, 4, 13}) {
            List<EpochPlan.Round> rounds = rounds(replicas, 10);
            assertThat(rounds).hasSize(3);
            assertThat(rounds.get(0).chunks()).hasSize(replicas);
            assertThat(rounds.stream()
                            .map(round -> round.chunks().get(0).microBatches())
                            .toList())
                    .isEqualTo(List.of(10, 10, 4));
        }
    }

    @Test
    void roundsLeaveOutReplicasThatHaveNoRow() {
        List<EpochPlan.Round> rounds =
                EpochPlan.of(ELEVEN.subList(0, 1), 1, 0, StepSizes.of(3, 8, 50)).rounds(0, 1, 1);
        assertThat(rounds).hasSize(1);
        assertThat(rounds.get(0).chunks())
                .hasSize(3)
                .allSatisfy(chunk -> assertThat(chunk.microBatches()).isEqualTo(1));
        assertThat(rounds.get(0).samples()).isEqualTo(3);
    }

    private static Dataset.Part shard(String key, int samples) {
        return new Dataset.Part(new Shard(key, samples, List.of(), List.of(), List.of()), samples);
    }

    private static List<String> rows(List<Piece> pieces) {
        return pieces.stream()
                .flatMap(piece -> IntStream.range(piece.from(), piece.to()).mapToObj(row -> piece.number() + "/" + row))
                .toList();
    }
}
