package io.retort.data;

import io.retort.network.ChannelMoments;
import io.retort.network.InputScaling;
import io.retort.storage.Digest;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A sharded data set: its schema and its shards in order. The shards' samples stay in the store. */
public record Dataset(Schema schema, List<Shard> shards) implements Serializable {
    public Dataset {
        shards = List.copyOf(shards);
    }

    public long samples() {
        return shards.stream().mapToLong(Shard::samples).sum();
    }

    /** Samples by class index. */
    public List<Long> labelCounts() {
        long[] counts = new long[schema.classes()];
        for (Shard shard : shards) {
            for (int c = 0; c < counts.length; c++) {
                counts[c] += shard.labelCounts().get(c);
            }
        }
        return Arrays.stream(counts).boxed().toList();
    }

    /** What a vocabulary knows of its texts; all 0 where it has none. */
    public TextCounts texts() {
        return TextCounts.sum(
                shards.stream().flatMap(shard -> shard.texts().stream()).toList());
    }

    /** The digest of the schema and of every shard's key, in order. */
    public String fingerprint() {
        Digest digest = new Digest().add("dataset/2").add(schema);
        shards.forEach(shard -> digest.add(shard.key()));
        return digest.key();
    }

    /** Mean and squared deviations of the raw features by channel (for vectors, by feature). */
    public ChannelMoments moments() {
        ChannelMoments moments = ChannelMoments.none(schema.shape().channels());
        for (Shard shard : shards) {
            moments = moments.plus(shard.moments(schema.shape()));
        }
        return moments;
    }

    /** Standardises each channel to mean 0 and deviation 1 over this data set; a channel whose values are all the same is only centred. */
    public InputScaling standardisation() {
        ChannelMoments moments = moments();
        List<Double> means = new ArrayList<>();
        List<Double> deviations = new ArrayList<>();
        for (int c = 0; c < schema.shape().channels(); c++) {
            double variance = moments.variance(c);
            means.add(moments.mean()[c]);
            deviations.add(variance > 0 ? Math.sqrt(variance) : 1.0);
        }
        return new InputScaling(means, deviations);
    }
}
