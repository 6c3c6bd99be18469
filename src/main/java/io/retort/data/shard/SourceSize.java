package io.retort.data.shard;

import io.retort.data.Schema;
import io.retort.data.source.ReaderSettings;
import io.retort.data.source.Source;
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
        Source source = settings.source(storage);
        Schema schema = source.schema();
        List<Long> counts = source.counts();
        long left = settings.limit().orElse(Long.MAX_VALUE);
        long samples = 0;
        long shards = 0;
        for (long count : counts) {
            long taken = Math.min(left, count);
            samples += taken;
            shards += (taken + samplesPerShard - 1) / samplesPerShard; // no shard spans two parts
            left -= taken;
        }
        return new SourceSize(schema, samples, shards, settings.limit().isPresent() ? 1 : counts.size());
    }
}
