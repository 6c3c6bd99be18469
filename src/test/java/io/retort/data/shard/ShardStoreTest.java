package io.retort.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.Column;
import io.retort.data.DataType;
import io.retort.data.Digits;
import io.retort.data.InputEncoder;
import io.retort.data.Labels;
import io.retort.data.Rows;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.Target;
import io.retort.network.Shape;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardStoreTest {
    private static final String MADE_AGAIN = "; run again, it will be made again";

    @TempDir
    private Path root;

    private ShardStore store;

    @BeforeEach
    void openStore() {
        store = store(root);
    }

    @Test
    void readsBackWhatWasWritten() {
        Samples samples = Digits.of(100, 7);
        Shard shard = TestShards.write(store, samples);
        assertThat(store.exists(shard)).isTrue();
        Samples read = store.read(Digits.SCHEMA, shard);
        assertThat(read.ids()).isEqualTo(samples.ids());
        assertThat(read.labels().classes()).isEqualTo(samples.labels().classes());
        assertThat(read.features()).isEqualTo(samples.features());
    }

    @Test
    void keepsWhichRowsHaveNoLabel() {
        Samples all = Digits.of(4, 7);
        Samples some = labelled(all, 2, Labels.NONE, 0, Labels.NONE);
        Shard shard = TestShards.write(store, some);
        assertThat(store.read(Digits.SCHEMA, shard).labels().classes())
                .isEqualTo(some.labels().classes());
        assertThat(store.keys(Digits.SCHEMA.target(), shard).ids()).isEqualTo(all.ids());
        assertThat(store.keys(Digits.SCHEMA.target(), shard).labels().classes())
                .isEqualTo(some.labels().classes());
        assertThat(shard.labelCounts()).containsExactly(1L, 0L, 1L);
        assertThat(shard.counts().labelled()).isEqualTo(2);
        assertThat(shard.key())
                .as("a label more is another shard")
                .isNotEqualTo(TestShards.rows(all).key());
        Shard none = TestShards.write(store, labelled(all, Labels.NONE, Labels.NONE, Labels.NONE, Labels.NONE));
        assertThat(store.read(Digits.SCHEMA, none).labels().classes()).containsOnly(Labels.NONE);
        assertThat(none.counts().labelled()).isZero();
    }

    @Test
    void keepsColumnsOfEachType() {
        Column.NumberColumn sizes =
                new Column.NumberColumn("sizes", DataType.UINT16, Shape.vector(2), List.of("w", "h"));
        Schema schema = new Schema(
                List.of(sizes, new Column.TextColumn("id")),
                new Target.NumberTarget(List.of("price", "weight")),
                new InputEncoder.Numbers(sizes));
        byte[] stored = new byte[3 * sizes.bytes()];
        DataType.UINT16.encode(new float[] {1, 2, 3, 4, 65535, 0}, 0, stored, 0, 6);
        Rows rows = new Rows(
                schema.columns(),
                new long[] {7, 8, 9},
                new Labels(new float[] {1.5f, -2, Float.NaN, Float.NaN, 0, 3}, 2),
                List.of(
                        new Rows.NumberValues(stored, sizes.bytes()),
                        new Rows.TextValues(new String[] {"", null, "日本\n\"x\""})));
        assertThat(rows.labels().isPresent(1)).isFalse();
        Rows read = store.rows(schema, store.write(schema, rows));
        assertThat(read.texts("id")).containsExactly("", null, "日本\n\"x\"");
        assertThat(read.numbers("sizes")).isEqualTo(stored);
        assertThat(read.labels().values()).containsExactly(1.5f, -2, Float.NaN, Float.NaN, 0, 3);
        assertThat(schema.encode(read.rows(2, 0)).features()).isEqualTo(new byte[] {-1, -1, 0, 0, 1, 0, 2, 0});
        assertThat(rows.rows(0).key())
                .as("an empty text is another row than none")
                .isNotEqualTo(new Rows(
                                schema.columns(),
                                new long[] {7},
                                rows.labels().rows(0),
                                List.of(rows.values().get(0).rows(0), new Rows.TextValues(new String[] {null})))
                        .key());
    }

    @Test
    void describesAShard() {
        Schema schema = new Schema(Shape.image(2, 1, 2), DataType.FLOAT32, List.of("no", "yes", "maybe"));
        byte[] features = new byte[2 * schema.featureBytes()];
        schema.element().encode(new float[] {1, 2, 3, 4, -5, 6, 0.5f, 0}, 0, features, 0, 8);
        Shard shard = TestShards.write(store, new Samples(schema, new long[] {3, 4}, Labels.ofClasses(1, 1), features));
        assertThat(shard.samples()).isEqualTo(2);
        assertThat(shard.labelCounts()).containsExactly(0L, 2L, 0L);
        // Channel 0 has 1, 2, −5, 6 and channel 1 has 3, 4, 0.5, 0.
        assertThat(shard.channelMeans()).containsExactly(1.0, 1.875);
        assertThat(shard.channelSquares()).containsExactly(62.0, 11.1875);
    }

    @Test
    void writesTheSameBytes(@TempDir Path other) throws IOException {
        Shard shard = TestShards.write(store, Digits.of(100, 7));
        TestShards.write(store(other), Digits.of(100, 7));
        assertThat(Files.readAllBytes(file(other, shard))).isEqualTo(Files.readAllBytes(file(root, shard)));
    }

    @Test
    void writesAShardOnce() throws IOException {
        Shard shard = TestShards.write(store, Digits.of(100, 7));
        Files.writeString(file(root, shard), "left alone");
        assertThat(TestShards.write(store, Digits.of(100, 7))).isEqualTo(shard);
        assertThat(file(root, shard)).hasContent("left alone");
    }

    @Test
    void leavesNoTemporaryFiles() throws IOException {
        Shard shard = TestShards.write(store, Digits.of(100, 7));
        try (var files = Files.list(root.resolve("store/shards"))) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder(shard.key() + ".parquet", "." + shard.key() + ".parquet.crc");
        }
    }

    @Test
    void refusesAMissingShard() throws IOException {
        Shard shard = TestShards.write(store, Digits.of(100, 7));
        Files.delete(file(root, shard));
        refuses(shard, " does not exist" + MADE_AGAIN);
    }

    @Test
    void refusesATruncatedShard() throws IOException {
        Shard shard = TestShards.write(store, Digits.of(100, 7));
        replace(shard, Arrays.copyOf(Files.readAllBytes(file(root, shard)), 500));
        assertThatThrownBy(() -> store.read(Digits.SCHEMA, shard))
                .isInstanceOf(ArtifactException.Lost.class)
                .hasMessageStartingWith("shard file:" + file(root, shard) + " cannot be read: ")
                .hasMessageEndingWith(asideOf(shard));
        // It is out of the way of whoever makes it again.
        assertThat(store.exists(shard)).isFalse();
        assertThat(Path.of(root.toString(), "store/shards/." + shard.key() + ".parquet.damaged"))
                .hasSize(500);
        refuses(shard, " was damaged and is set aside as " + aside(shard) + MADE_AGAIN);
        TestShards.write(store, Digits.of(100, 7));
        assertThat(store.rows(Digits.SCHEMA, shard).key()).isEqualTo(shard.key());
    }

    /** Whichever byte is flipped, what is read is what was written, or nothing. */
    @Test
    void refusesEveryFlippedByteThatMatters() throws IOException {
        Samples samples = Digits.of(20, 7);
        Shard shard = TestShards.write(store, samples);
        byte[] whole = Files.readAllBytes(file(root, shard));
        int refused = 0;
        for (int i = 0; i < whole.length; i += 7) {
            byte[] flipped = whole.clone();
            flipped[i] ^= 0x10;
            replace(shard, flipped);
            try {
                assertThat(store.rows(Digits.SCHEMA, shard).key())
                        .isEqualTo(TestShards.rows(samples).key());
            } catch (ArtifactException e) {
                assertThat(e)
                        .hasMessageStartingWith("shard file:" + file(root, shard))
                        .hasMessageEndingWith(asideOf(shard));
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(whole.length / 7 / 3);
    }

    @Test
    void refusesAnotherShardsContent() throws IOException {
        Shard shard = TestShards.write(store, Digits.of(100, 7));
        Shard other = TestShards.write(store, Digits.of(100, 8));
        replace(shard, Files.readAllBytes(file(root, other)));
        refuses(shard, " holds other samples than those it was made of, their key is " + other.key() + asideOf(shard));
        Shard shorter = TestShards.write(store, Digits.of(99, 7));
        replace(shard, Files.readAllBytes(file(root, shorter)));
        refuses(shard, " holds 99 samples instead of 100" + asideOf(shard));
    }

    private String aside(Shard shard) {
        return "file:" + root + "/store/shards/." + shard.key() + ".parquet.damaged";
    }

    private String asideOf(Shard shard) {
        return "; it is set aside as " + aside(shard) + MADE_AGAIN;
    }

    private void refuses(Shard shard, String problem) {
        assertThatThrownBy(() -> store.read(Digits.SCHEMA, shard))
                .isInstanceOf(ArtifactException.Lost.class)
                .hasMessage("shard file:" + file(root, shard) + problem);
    }

    /** Hadoop's own checksum goes too, as it does where the file system keeps none. */
    private void replace(Shard shard, byte[] bytes) throws IOException {
        Files.deleteIfExists(root.resolve("store/shards/." + shard.key() + ".parquet.crc"));
        Files.write(file(root, shard), bytes);
    }

    private static Path file(Path root, Shard shard) {
        return root.resolve("store/shards/" + shard.key() + ".parquet");
    }

    private static ShardStore store(Path root) {
        return new ShardStore(Storage.of(new Configuration()), new org.apache.hadoop.fs.Path("file:" + root));
    }

    private static Samples labelled(Samples samples, int... labels) {
        return new Samples(samples.schema(), samples.ids(), Labels.ofClasses(labels), samples.features());
    }
}
