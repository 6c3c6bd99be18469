package io.retort.data;

import io.retort.storage.Storage;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/** Turns a source into shards, one Spark task per split. */
public final class SparkSharding {
    private final JavaSparkContext spark;
    private final Storage storage;
    private final Path root;

    public SparkSharding(JavaSparkContext spark, Storage storage, Path root) {
        this.spark = spark;
        this.storage = storage;
        this.root = root;
    }

    /** Shards a source; what is in the store from an earlier call, and whose files have not changed since, is not read again. */
    public Dataset shard(ReaderSettings settings, int samplesPerShard) {
        if (storage != null) {
            throw new UnsupportedOperationException("being written: " + spark + root + settings + samplesPerShard);
        }
        return null;
    }
}
