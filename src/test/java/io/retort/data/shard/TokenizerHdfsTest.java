package io.retort.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.MiniHdfs;
import io.retort.config.ConfigSource;
import io.retort.data.Rows;
import io.retort.data.source.ReaderSettings;
import io.retort.recipe.Kinds;
import io.retort.spark.LocalSpark;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts on HDFS that are cut by a tokenizer on HDFS. */
class TokenizerHdfsTest {
    private static final Path TOKENIZER = Path.of("src/test/resources/tokenizers/word-piece.json");
    private static final int LENGTH = 10;

    private record Holder(ReaderSettings source) {}

    @Test
    void aTokenizerOfHdfsGivesTheIdsOfTheFileItself(@TempDir Path directory) throws Exception {
        MiniHdfs hdfs = MiniHdfs.shared();
        Storage storage = Storage.of(hdfs.configuration());
        String csv = "body,label\nthe salt of the sea,0\n图片 and waves,1\n,0\n";
        byte[] tokenizer = Files.readAllBytes(TOKENIZER);
        write(storage, hdfs.uri() + "/texts/a.csv", csv.getBytes(StandardCharsets.UTF_8));
        write(storage, hdfs.uri() + "/models/bert/tokenizer.json", tokenizer);
        Path local = Files.writeString(directory.resolve("a.csv"), csv);
        String onHdfs = settings(hdfs.uri() + "/texts/a.csv", hdfs.uri() + "/models/bert/tokenizer.json");
        String here = settings(local.toUri().toString(), TOKENIZER.toUri().toString());
        assertThat(ids(storage, new org.apache.hadoop.fs.Path(hdfs.uri() + "/texts/root"), onHdfs))
                .isEqualTo(ids(
                        storage,
                        new org.apache.hadoop.fs.Path(directory.resolve("root").toUri()),
                        here))
                .hasSize(3 * LENGTH)
                .anyMatch(id -> id > 2);
        String gone = settings(hdfs.uri() + "/texts/a.csv", hdfs.uri() + "/models/gone.json");
        assertThatThrownBy(() -> bound(gone).source(storage).schema())
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("/models/gone.json");
    }

    private static void write(Storage storage, String path, byte[] content) {
        storage.write(new org.apache.hadoop.fs.Path(path), content);
    }

    private static String settings(String texts, String tokenizer) {
        return "source { kind = text, paths = [\"%s\"], text = body, label = label, classes = 2, length = %d, tokenizer = \"%s\" }"
                .formatted(texts, LENGTH, tokenizer);
    }

    private static ReaderSettings bound(String settings) {
        return Kinds.binder()
                .bind(ConfigSource.text("source.conf", settings).withEnvironment(Map.of()), Holder.class)
                .source();
    }

    /** What networks read of the rows. */
    private static List<Integer> ids(Storage storage, org.apache.hadoop.fs.Path root, String settings) {
        Dataset texts = new Sharding(LocalSpark.context(), storage, root).shard(bound(settings), 64);
        Rows rows = new ShardStore(storage, root)
                .rows(texts.schema(), texts.shards().get(0));
        byte[] stored = texts.schema().input().encode(rows);
        float[] ids = new float[stored.length / texts.schema().element().bytes()];
        texts.schema().element().decode(stored, 0, ids, 0, ids.length);
        return IntStream.range(0, ids.length).mapToObj(i -> (int) ids[i]).toList();
    }
}
