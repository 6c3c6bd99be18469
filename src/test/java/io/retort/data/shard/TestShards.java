package io.retort.data.shard;

import io.retort.data.Rows;
import io.retort.data.Samples;
import java.util.List;

/** Shards of rows that have one column, which networks take as it is. */
public final class TestShards {
    private TestShards() {}

    public static Rows rows(Samples samples) {
        return new Rows(
                samples.schema().columns(),
                samples.ids(),
                samples.labels(),
                List.of(new Rows.NumberValues(
                        samples.features(), samples.schema().featureBytes())));
    }

    public static Shard of(Samples samples) {
        return Shard.of(samples.schema(), rows(samples));
    }

    public static Shard write(ShardStore store, Samples samples) {
        return store.write(samples.schema(), rows(samples));
    }
}
