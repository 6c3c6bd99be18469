package io.retort.data;

import io.retort.network.InputScaling;
import io.retort.storage.Digest;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** A sharded data set: its schema and its shards in order. The shards' samples stay in the store. */
public record Dataset(Schema schema, List<Shard> shards) implements Serializable {
    public Dataset {
        shards = List.copyOf(shards);
    }

    public long samples() {
        return shards.stream().mapToLong(Shard::samples).sum();
    }

    /** The digest of the schema and of every shard's key, in order. */
    public String fingerprint() {
        Digest digest = new Digest().add("dataset/1").add(schema.toString());
        shards.forEach(shard -> digest.add(shard.key()));
        return digest.key();
    }

    /** Standardises each channel to mean 0 and deviation 1 over this data set; a constant channel is only centred. */
    public InputScaling standardisation() {
        int channels = schema.shape().channels();
        double values = (double) samples() * schema.shape().elements() / channels;
        List<Double> means = new ArrayList<>();
        List<Double> deviations = new ArrayList<>();
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            double squares = 0;
            for (Shard shard : shards) {
                sum += shard.channelSums().get(c);
                squares += shard.channelSquares().get(c);
            }
            double mean = sum / values;
            double variance = squares / values - mean * mean;
            means.add(mean);
            deviations.add(variance > 1e-12 * (1 + mean * mean) ? Math.sqrt(variance) : 1.0);
        }
        return new InputScaling(means, deviations);
    }
}
