package io.retort.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.retort.data.source.ReaderSettings;
import io.retort.spark.LocalSpark;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Delta and Iceberg tables, night after night. */
class TableVersionsTest {
    private static final int SIZE = 64;
    private static final String EXTENSION = "io.delta.sql.DeltaSparkSessionExtension";

    @TempDir
    private Path root;

    private final Storage storage = Storage.of(new Configuration());
    private SparkSession shared;
    private SparkSession spark;

    /** A session with Delta's extension and a catalog of Iceberg, beside the tests' own, in the same Spark. */
    @BeforeEach
    void start() {
        assumeTrue(isThere(EXTENSION) && isThere("org.apache.iceberg.spark.SparkCatalog"), "needs -P tables");
        shared = LocalSpark.session();
        SparkSession.clearDefaultSession();
        SparkSession.clearActiveSession();
        shared.sparkContext().conf().set("spark.sql.extensions", EXTENSION);
        spark = SparkSession.builder()
                .config("spark.sql.extensions", EXTENSION)
                .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
                .config("spark.sql.catalog.ice", "org.apache.iceberg.spark.SparkCatalog")
                .config("spark.sql.catalog.ice.type", "hadoop")
                .config("spark.sql.catalog.ice.warehouse", root.resolve("ice").toString())
                .getOrCreate();
    }

    private static boolean isThere(String type) {
        return TableVersionsTest.class.getClassLoader().getResource(type.replace('.', '/') + ".class") != null;
    }

    @AfterEach
    void stop() {
        if (shared != null) {
            shared.sparkContext().conf().remove("spark.sql.extensions");
            SparkSession.setDefaultSession(shared);
            SparkSession.setActiveSession(shared);
        }
    }

    @Test
    void deltaTablesAreReadByVersion() {
        String path = root.resolve("delta").toString();
        nights(
                "delta.`" + path + "`",
                "USING delta TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')",
                "format = delta, path = \"" + path + "\"");
        assertThatThrownBy(() -> shard("format = parquet, path = \"" + path + "\""))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("is a Delta table")
                .hasMessageContaining("kind = spark and format = delta");
    }

    @Test
    void icebergTablesAreReadBySnapshot() {
        String path = root.resolve("ice/db/numbers").toString();
        nights(
                "ice.db.numbers",
                "USING iceberg TBLPROPERTIES ('format-version' = '2', 'write.delete.mode' = 'merge-on-read')",
                "format = iceberg, path = \"" + path + "\"");
        assertThatThrownBy(() -> shard("format = parquet, path = \"" + path + "\""))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("is an Iceberg table")
                .hasMessageContaining("kind = spark and format = iceberg");
    }

    private void nights(String table, String using, String source) {
        spark.sql("CREATE TABLE " + table + " (row BIGINT, x BIGINT, y INT) " + using);
        spark.sql("INSERT INTO " + table + " SELECT id, id, int(id % 2) FROM range(2000)");
        String settings = source + ", id = row";
        Dataset first = shard(settings);
        assertThat(ids(first)).isEqualTo(LongStream.range(0, 2000).boxed().toList());
        String key = fingerprint(settings);
        assertThat(fingerprint(settings)).isEqualTo(key);
        assertThat(shard(settings)).isEqualTo(first);

        spark.sql("INSERT INTO " + table + " SELECT id, id, int(id % 2) FROM range(2000, 2010)");
        assertThat(fingerprint(settings)).isNotEqualTo(key);
        Dataset appended = shard(settings);
        assertThat(ids(appended)).isEqualTo(LongStream.range(0, 2010).boxed().toList());
        assertThat(newKeys(first, appended)).isBetween(1L, 2L);

        spark.sql("DELETE FROM " + table + " WHERE row = 700");
        Dataset deleted = shard(settings);
        assertThat(ids(deleted)).hasSize(2009).doesNotContain(700L);
        assertThat(newKeys(appended, deleted)).isBetween(1L, 2L);

        spark.sql("INSERT OVERWRITE " + table
                + " SELECT id, id + if(id = 1200, 1, 0), int(id % 2) FROM range(0, 2010) WHERE id <> 700");
        Dataset overwritten = shard(settings);
        assertThat(ids(overwritten)).isEqualTo(ids(deleted));
        assertThat(newKeys(deleted, overwritten)).isEqualTo(1);
    }

    private Dataset shard(String settings) {
        return new Sharding(
                        LocalSpark.context(),
                        storage,
                        new org.apache.hadoop.fs.Path(root.resolve("root").toString()))
                .shard(FrameSources.bound(settings), SIZE);
    }

    private String fingerprint(String settings) {
        ReaderSettings bound = FrameSources.bound(settings);
        return Sharding.fingerprint(storage, bound, SIZE).orElseThrow();
    }

    private List<Long> ids(Dataset dataset) {
        ShardStore store = new ShardStore(
                storage, new org.apache.hadoop.fs.Path(root.resolve("root").toString()));
        return dataset.shards().stream()
                .flatMapToLong(shard ->
                        Arrays.stream(store.read(dataset.schema(), shard).ids()))
                .boxed()
                .toList();
    }

    private static long newKeys(Dataset before, Dataset after) {
        Set<String> known = before.shards().stream().map(Shard::key).collect(Collectors.toSet());
        return after.shards().stream()
                .filter(shard -> !known.contains(shard.key()))
                .count();
    }
}
