package io.retort.data;

import io.retort.storage.Storage;
import java.io.Serializable;
import org.apache.hadoop.fs.Path;

/** The shards of all data sets under a root: {@code <root>/store/shards/<key>.parquet}, columns id INT64, label INT32, features BINARY. */
public final class ShardStore implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Storage storage;
    private final String directory;

    public ShardStore(Storage storage, Path root) {
        this.storage = storage;
        this.directory = new Path(root, "store/shards").toString();
    }

    public Path path(String key) {
        return new Path(directory, key + ".parquet");
    }

    public boolean exists(Shard shard) {
        return storage.exists(path(shard.key()));
    }

    /** Stores the samples, unless they are there already. */
    public Shard write(Samples samples) {
        if (storage != null) {
            throw new UnsupportedOperationException("being written: " + samples.key());
        }
        return null;
    }

    /** Reads a shard and proves by its key that every byte is what was written. */
    public Samples read(Schema schema, Shard shard) {
        if (storage != null) {
            throw new UnsupportedOperationException("being written: " + schema + shard);
        }
        return null;
    }
}
