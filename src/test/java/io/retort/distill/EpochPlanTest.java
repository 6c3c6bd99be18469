package io.retort.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import io.retort.distill.EpochPlan.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EpochPlanTest {
    private static final List<Dataset.Part> SHARDS =
            List.of(shard("a", 100), shard("b", 100), shard("c", 7), shard("d", 100), shard("e", 23));

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

    private static Dataset.Part shard(String key, int samples) {
        return new Dataset.Part(new Shard(key, samples, List.of(), List.of(), List.of()), samples);
    }

    private static List<String> rows(List<Piece> pieces) {
        return pieces.stream()
                .flatMap(piece -> IntStream.range(piece.from(), piece.to()).mapToObj(row -> piece.number() + "/" + row))
                .toList();
    }
}
