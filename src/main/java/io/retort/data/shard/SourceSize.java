package io.retort.data.shard;

import io.retort.data.Schema;
import io.retort.data.source.Reader;
import io.retort.data.source.ReaderSettings;
import io.retort.data.source.file.Split;
import io.retort.storage.Storage;
import java.util.List;

/**
 * How much a source holds, as far as headers, footers and (for CSV) a count of rows tell.
 *
 * @param shards that {@link Sharding} would make of it
 * @param readers that can read it at once: its splits, or one where only the first so many samples are taken
 */
public record SourceSize(Schema schema, long samples, long shards, int readers) {
    /** Looks at every file of a source. */
    public static SourceSize of(Storage storage, ReaderSettings settings, int samplesPerShard) {
        Reader reader = settings.reader();
        List<Split> splits = reader.splits(storage);
        Schema schema = reader.schema(storage, splits);
        long left = settings.limit().orElse(Long.MAX_VALUE);
        long samples = 0;
        long shards = 0;
        for (Split split : splits) {
            if (left == 0) {
                break;
            }
            long taken = Math.min(left, reader.count(storage, split, schema));
            samples += taken;
            shards += (taken + samplesPerShard - 1) / samplesPerShard; // no shard spans two splits
            left -= taken;
        }
        return new SourceSize(schema, samples, shards, settings.limit().isPresent() ? 1 : splits.size());
    }

    /** Bytes of the shards' columns (id, label, features) before they are compressed. */
    public long bytes() {
        return samples * (Long.BYTES + Integer.BYTES + schema.featureBytes());
    }
}
