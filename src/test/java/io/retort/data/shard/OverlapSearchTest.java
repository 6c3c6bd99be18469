package io.retort.data.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.DataType;
import io.retort.data.Labels;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.shard.OverlapSearch.Overlap;
import io.retort.network.Shape;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverlapSearchTest {
    private static final Schema SCHEMA = new Schema(Shape.vector(2), DataType.UINT16, List.of("a", "b"));

    @TempDir
    private Path root;

    private ShardStore store;
    private OverlapSearch overlap;

    @BeforeEach
    void open() {
        store = new ShardStore(Storage.of(new Configuration()), new org.apache.hadoop.fs.Path(root.toString()));
        overlap = new OverlapSearch(LocalSpark.context(), store);
    }

    @Test
    void findsRowsThatHaveBeenCopiedAndIdsThatReturn() {
        Dataset train = dataset(0, 300, 100, value -> value);
        // Ids 1000 to 1049: values 290 to 339, of which 10 are trained on.
        assertThat(overlap.of(train, dataset(1000, 50, 20, value -> value - 710)))
                .isEqualTo(new Overlap(50, 0, 10));
        // Ids 280 to 319, of which 20 are trained on, with values of their own.
        assertThat(overlap.of(train, dataset(280, 40, 40, value -> value + 5000)))
                .isEqualTo(new Overlap(40, 20, 0));
        // The same rows in other shards: no key is shared, each id and value is.
        assertThat(overlap.of(train, dataset(0, 300, 70, value -> value))).isEqualTo(new Overlap(300, 300, 300));
    }

    @Test
    void countsHeldOutRowsThatAreEqualEachByItself() {
        Dataset train = dataset(0, 10, 10, value -> value);
        assertThat(overlap.of(train, dataset(100, 30, 30, value -> value % 2 == 0 ? 3 : 77)))
                .isEqualTo(new Overlap(30, 0, 15));
    }

    @Test
    void looksForAPartOfManyOnly() {
        Dataset train = dataset(0, 20_000, 10_000, value -> value);
        Overlap half = overlap.of(train, dataset(10_000, 40_000, 10_000, value -> value));
        // Of 40,000 a third is looked for, by the hash of their ids; a quarter of all is trained on.
        assertThat(half.samples()).isBetween(12_900L, 13_800L);
        assertThat(half.ids()).isEqualTo(half.features()).isBetween(3_100L, 3_600L);
    }

    private Dataset dataset(long firstId, int rows, int perShard, LongUnaryOperator value) {
        List<Shard> shards = new ArrayList<>();
        for (int from = 0; from < rows; from += perShard) {
            int count = Math.min(perShard, rows - from);
            long[] ids = new long[count];
            int[] labels = new int[count];
            float[] values = new float[2 * count];
            for (int i = 0; i < count; i++) {
                ids[i] = firstId + from + i;
                labels[i] = (int) (ids[i] % 2);
                values[2 * i] = value.applyAsLong(ids[i]);
                values[2 * i + 1] = 7;
            }
            byte[] features = new byte[count * SCHEMA.featureBytes()];
            SCHEMA.element().encode(values, 0, features, 0, values.length);
            shards.add(TestShards.write(store, new Samples(SCHEMA, ids, Labels.ofClasses(labels), features)));
        }
        return new Dataset(SCHEMA, shards);
    }
}
