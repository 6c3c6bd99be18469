package io.retort.softlabel;

import io.retort.data.Samples;
import io.retort.data.Shard;
import io.retort.storage.Storage;
import java.io.Serializable;
import java.util.Set;
import org.apache.hadoop.fs.Path;

/** The soft labels under a root: {@code <root>/store/labels/<teacher>/<view>-<codec>/<shard key>.parquet}, aligned with the shards. */
public final class LabelStore implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Storage storage;
    private final String directory;

    public LabelStore(Storage storage, Path root) {
        this.storage = storage;
        this.directory = new Path(root, "store/labels").toString();
    }

    public Path path(LabelSet set, Shard shard) {
        return new Path(directory(set), shard.key() + ".parquet");
    }

    /** The keys of the shards that have labels in this set. */
    public Set<String> labelled(LabelSet set) {
        if (storage != null) {
            throw new UnsupportedOperationException("being written: " + set);
        }
        return null;
    }

    /** Stores the logits {@code [samples, classes]} of a shard. */
    public void write(LabelSet set, Shard shard, Samples samples, float[] logits) {
        if (storage != null) {
            throw new UnsupportedOperationException("being written: " + set + shard + samples + logits.length);
        }
    }

    /** The logits {@code [samples, classes]} in the samples' order, proven to be those that were written for exactly these samples. */
    public float[] read(LabelSet set, Shard shard, Samples samples) {
        if (storage != null) {
            throw new UnsupportedOperationException("being written: " + set + shard + samples);
        }
        return null;
    }

    private Path directory(LabelSet set) {
        return new Path(
                directory, set.teacher() + "/" + set.view() + "-" + set.codec().name());
    }
}
