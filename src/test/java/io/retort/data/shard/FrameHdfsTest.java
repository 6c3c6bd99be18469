package io.retort.data.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.MiniHdfs;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** Rows that Spark loads from HDFS, with shards and their list there too. */
class FrameHdfsTest {
    @Test
    void filesOfHdfsAreReadOnceAndOnlyNewOnesAgain() throws Exception {
        MiniHdfs hdfs = MiniHdfs.shared();
        Storage storage = Storage.of(hdfs.configuration());
        org.apache.hadoop.fs.Path root = new org.apache.hadoop.fs.Path(hdfs.uri() + "/frames/root");
        write(hdfs, "0, 150", "a");
        String settings = "path = \"" + hdfs.uri() + "/frames/rows\", where = \"x % 2 = 0\"";
        Dataset first = new Sharding(LocalSpark.context(), storage, root).shard(FrameSources.bound(settings), 64);
        assertThat(FrameSources.described(new ShardStore(storage, root), first))
                .hasSize(75)
                .first()
                .asString()
                .endsWith(" 0.0 [0.0]");
        write(hdfs, "150, 160", "b");
        Dataset second = new Sharding(LocalSpark.context(), storage, root).shard(FrameSources.bound(settings), 64);
        assertThat(second.samples()).isEqualTo(80);
        assertThat(second.shards()).containsAll(first.shards());
    }

    private static void write(MiniHdfs hdfs, String range, String name) {
        SparkSession spark = LocalSpark.session();
        spark.sql("SELECT id AS x, int(id % 2) AS y FROM range(" + range + ", 1, 1)")
                .write()
                .parquet(hdfs.uri() + "/frames/rows/" + name);
    }
}
