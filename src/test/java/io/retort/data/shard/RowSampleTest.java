package io.retort.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.Digits;
import io.retort.data.Samples;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowSampleTest {
    private static final int ROWS = 1400;
    private static final long[] IDS = LongStream.range(5000, 5000 + ROWS).toArray();

    /** The ids in shards of these sizes. */
    private static List<long[]> shards(int... sizes) {
        List<long[]> shards = new ArrayList<>();
        int at = 0;
        for (int size : sizes) {
            shards.add(Arrays.copyOfRange(IDS, at, at + size));
            at += size;
        }
        return shards;
    }

    private static long[] drawn(List<long[]> shards, int count) {
        return RowSample.of(shards, count).rows().stream()
                .mapToLong(row -> shards.get(row.shard())[row.index()])
                .toArray();
    }

    /** One large shard and 40 of one row, as a source of a large and many small files gives. */
    private static int[] uneven() {
        return IntStream.concat(IntStream.of(1360), IntStream.generate(() -> 1).limit(40))
                .toArray();
    }

    @Test
    void areTheSameWhereverShardsEnd() {
        long[] expected = drawn(shards(ROWS), 100);
        assertThat(expected).hasSize(100).doesNotHaveDuplicates();
        assertThat(drawn(shards(uneven()), 100)).isEqualTo(expected);
        assertThat(drawn(shards(0, 700, 0, 0, 1, 699, 0), 100)).isEqualTo(expected);
        assertThat(drawn(shards(IntStream.generate(() -> 7).limit(200).toArray()), 100))
                .isEqualTo(expected);
    }

    @Test
    void aSmallerOneIsTheBeginningOfALargerOne() {
        assertThat(drawn(shards(uneven()), 30)).isEqualTo(Arrays.copyOf(drawn(shards(ROWS), 100), 30));
    }

    @Test
    void areAllWhereMoreAreWanted() {
        assertThat(drawn(shards(uneven()), 4096)).containsExactlyInAnyOrder(IDS);
        assertThat(RowSample.of(List.of(), 10).rows()).isEmpty();
        assertThat(RowSample.of(List.of(new long[0]), 10).portions(4)).isEmpty();
    }

    @Test
    void holdOfEachSortedShardItsShare() {
        // Ten classes of 140 rows, one after the other: 400 of 1400 are 40 of each, with a deviation of 5.3
        long[] drawn = drawn(shards(ROWS), 400);
        Map<Long, Long> byClass = LongStream.of(drawn)
                .boxed()
                .collect(Collectors.groupingBy(id -> (id - 5000) / 140, Collectors.counting()));
        assertThat(byClass).hasSize(10);
        assertThat(byClass.values())
                .allSatisfy(count -> assertThat((double) count).isCloseTo(40, within(16.0)));
        // and each stretch of the order likewise: the first 100 have 10 of each
        assertThat(LongStream.of(drawn).limit(100).map(id -> (id - 5000) / 140).distinct())
                .hasSize(10);
    }

    @Test
    void rowsOfEqualIdsAreToldApart() {
        List<long[]> same = List.of(new long[30], new long[50]);
        assertThat(RowSample.of(same, 40).rows()).hasSize(40).doesNotHaveDuplicates();
    }

    @Test
    void portionsAreEvenBatches() {
        RowSample sample = RowSample.of(List.of(LongStream.range(0, 4096).toArray()), 4096);
        assertThat(sample.portions(128)).hasSize(16).contains(new RowSample.Portion(256, 512, 2));
        // 1400 of about 32: 44 batches of 31 or 32, none of a few rows
        List<RowSample.Portion> uneven = RowSample.of(shards(ROWS), ROWS).portions(32);
        assertThat(uneven).hasSize(16);
        assertThat(uneven.stream().mapToInt(RowSample.Portion::batches).sum()).isEqualTo(44);
        int next = 0;
        for (RowSample.Portion portion : uneven) {
            assertThat(portion.from()).isEqualTo(next);
            next = portion.to();
            assertThat(portion.start(portion.batches())).isEqualTo(portion.to() - portion.from());
            for (int batch = 0; batch < portion.batches(); batch++) {
                assertThat(portion.start(batch + 1) - portion.start(batch)).isBetween(31, 32);
            }
        }
        assertThat(next).isEqualTo(ROWS);
        assertThat(RowSample.of(shards(5), 5).portions(32)).containsExactly(new RowSample.Portion(0, 5, 1));
    }

    @Test
    void executorsDrawTheSame(@TempDir java.nio.file.Path directory) {
        Samples all = Digits.of(ROWS, 5000);
        ShardStore store = new ShardStore(Storage.of(new Configuration()), new Path(directory.toString()));
        List<Shard> written = new ArrayList<>();
        int at = 0;
        for (int size : new int[] {900, 1, 1, 460, 38}) {
            written.add(TestShards.write(
                    store, all.rows(IntStream.range(at, at + size).toArray())));
            at += size;
        }
        RowSampler rows = new RowSampler(LocalSpark.context(), store, new Dataset(Digits.SCHEMA, written));
        assertThat(rows.sample(100)).isEqualTo(RowSample.of(shards(900, 1, 1, 460, 38), 100));
        long[] expected = drawn(shards(ROWS), 100);
        assertThat(rows.joined(100).ids()).isEqualTo(expected);
        List<Samples> portions = rows.perPortion(100, 10, (samples, portion) -> samples);
        assertThat(portions).hasSize(10);
        Samples joined = Samples.joined(portions);
        assertThat(joined.ids()).isEqualTo(expected);
        for (int i = 0; i < 100; i++) {
            assertThat(TestShards.rows(joined.rows(i)).key())
                    .isEqualTo(TestShards.rows(all.rows((int) (expected[i] - 5000)))
                            .key());
        }
        assertThat(rows.joined(ROWS + 1).ids()).containsExactlyInAnyOrder(IDS);
    }

    @Test
    void ofVeryManyShardsEachGivesItsShare() {
        List<Shard> shards = IntStream.range(0, 20_000)
                .mapToObj(i ->
                        new Shard("shard" + i, i == 7 ? 10_000 : i % 3 == 0 ? 0 : 1, List.of(), List.of(), List.of()))
                .toList();
        Map<Integer, Integer> places = RowSampler.places(new Dataset(Digits.SCHEMA, shards).parts(), 1000);
        assertThat(places.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(1000);
        // 10,000 of 23,332 rows lie in one shard: 429 of 1000, with a deviation of 15
        assertThat((double) places.get(7)).isCloseTo(429, within(60.0));
        assertThat(places)
                .allSatisfy((shard, count) ->
                        assertThat(count).isLessThanOrEqualTo(shards.get(shard).samples()));
    }
}
