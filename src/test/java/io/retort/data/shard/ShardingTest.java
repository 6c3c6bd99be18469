package io.retort.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.DataType;
import io.retort.data.Samples;
import io.retort.data.source.CsvSettings;
import io.retort.data.source.FileSource;
import io.retort.data.source.ReaderContract;
import io.retort.spark.LocalSpark;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardingTest {
    @TempDir
    private Path source;

    @TempDir
    private Path root;

    private final Storage storage = Storage.of(new Configuration());
    private Sharding sharding;
    private ShardStore store;

    @BeforeEach
    void writeSource() throws IOException {
        org.apache.hadoop.fs.Path hadoopRoot = new org.apache.hadoop.fs.Path(root.toString());
        sharding = new Sharding(LocalSpark.context(), storage, hadoopRoot);
        store = new ShardStore(storage, hadoopRoot);
        write("a", 5);
        write("b", 3);
        write("c", 4);
    }

    @Test
    void keepsTheOrderOfFilesAndRows() {
        Dataset dataset = sharding.shard(settings(Optional.empty()), 2);
        assertThat(dataset.shards()).extracting(Shard::samples).containsExactly(2, 2, 1, 2, 1, 2, 2);
        assertThat(dataset.samples()).isEqualTo(12);
        assertThat(described(dataset))
                .containsExactlyElementsOf(ReaderContract.described(
                        ReaderContract.read(settings(Optional.empty()).reader(), 100)));
    }

    @Test
    void takesTheFirstSamplesUpToALimit() {
        List<String> whole = described(sharding.shard(settings(Optional.empty()), 2));
        Dataset dataset = sharding.shard(settings(Optional.of(7L)), 2);
        assertThat(dataset.shards()).extracting(Shard::samples).containsExactly(2, 2, 1, 2);
        assertThat(described(dataset)).isEqualTo(whole.subList(0, 7));
    }

    @Test
    void readsAnUnchangedSourceOnce() throws IOException {
        Dataset first = sharding.shard(settings(Optional.empty()), 2);
        // With the same length and time the file counts as unchanged, so this is seen only by who reads it.
        FileTime time = Files.getLastModifiedTime(source.resolve("b.csv"));
        Files.writeString(source.resolve("b.csv"), "x".repeat((int) Files.size(source.resolve("b.csv"))));
        Files.setLastModifiedTime(source.resolve("b.csv"), time);
        assertThat(sharding.shard(settings(Optional.empty()), 2)).isEqualTo(first);
    }

    @Test
    void readsChangedFilesAndKeepsTheShardsOfTheOthers() throws IOException {
        Dataset first = sharding.shard(settings(Optional.empty()), 2);
        write("b", 6);
        write("aa", 1);
        Dataset second = sharding.shard(settings(Optional.empty()), 2);
        assertThat(second.samples()).isEqualTo(16);
        assertThat(second.shards())
                .containsAll(first.shards().subList(0, 3))
                .containsAll(first.shards().subList(5, 7));
        assertThat(second.fingerprint()).isNotEqualTo(first.fingerprint());
    }

    @Test
    void makesMissingShardsAgain() throws IOException {
        Dataset first = sharding.shard(settings(Optional.empty()), 2);
        Files.delete(root.resolve("store/shards/" + first.shards().get(1).key() + ".parquet"));
        assertThat(sharding.shard(settings(Optional.empty()), 2)).isEqualTo(first);
        assertThat(store.exists(first.shards().get(1))).isTrue();
    }

    @Test
    void readsTheSourceAgainWhereItsListIsDamaged() throws IOException {
        Dataset first = sharding.shard(settings(Optional.empty()), 2);
        try (Stream<Path> lists = Files.list(root.resolve("store/datasets"))) {
            for (Path list : lists.toList()) {
                Files.write(list, new byte[] {'['});
            }
        }
        assertThat(sharding.shard(settings(Optional.empty()), 2)).isEqualTo(first);
    }

    @Test
    void saysOnTheDriverWhatATaskRefused() throws IOException {
        Files.writeString(source.resolve("c.csv"), "class,x,y\n0,1,\n");
        assertThatThrownBy(() -> sharding.shard(settings(Optional.empty()), 2))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith(
                        "file:" + source.resolve("c.csv") + ":2 column y: must be a finite number, was empty");
    }

    @Test
    void refusesASourceWithoutSamples() throws IOException {
        write("a", 0);
        write("b", 0);
        write("c", 0);
        assertThatThrownBy(() -> sharding.shard(settings(Optional.empty()), 2))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(
                        "the source has no samples: file:" + source.resolve("a.csv") + " and 2 more files are empty");
    }

    @Test
    void refusesShardsThatNoArrayHolds() {
        assertThatThrownBy(() -> sharding.shard(settings(Optional.empty()), 1_000_000_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("samples-per-shard must be at most 134217728 for samples of 8 bytes, was 1000000000");
        assertThatThrownBy(() -> sharding.shard(settings(Optional.empty()), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("samples-per-shard must be >= 1, was 0");
    }

    private void write(String name, int rows) throws IOException {
        StringBuilder text = new StringBuilder("class,x,y\n");
        for (int i = 0; i < rows; i++) {
            text.append(i % 3)
                    .append(',')
                    .append(name.charAt(0) + i)
                    .append(",")
                    .append(i)
                    .append(".5\n");
        }
        Files.writeString(source.resolve(name + ".csv"), text);
    }

    private FileSource.Settings settings(Optional<Long> limit) {
        return new CsvSettings(
                List.of(source.toString()),
                Optional.of("class"),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                ",",
                DataType.FLOAT32,
                Optional.of(3),
                List.of(),
                limit,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private List<String> described(Dataset dataset) {
        List<Samples> pieces = new ArrayList<>();
        for (Shard shard : dataset.shards()) {
            pieces.add(store.read(dataset.schema(), shard));
        }
        return ReaderContract.described(pieces);
    }
}
