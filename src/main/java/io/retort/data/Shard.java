package io.retort.data;

import java.io.Serializable;
import java.util.List;

/**
 * What is known of a shard without opening it.
 *
 * @param key the digest of its content, and its name in the store
 * @param samples how many it holds
 * @param labelCounts samples by class index
 * @param channelSums the sum of the raw features by channel (for vectors, by feature)
 * @param channelSquares the sum of their squares, likewise
 */
public record Shard(
        String key, int samples, List<Long> labelCounts, List<Double> channelSums, List<Double> channelSquares)
        implements Serializable {
    public Shard {
        labelCounts = List.copyOf(labelCounts);
        channelSums = List.copyOf(channelSums);
        channelSquares = List.copyOf(channelSquares);
    }
}
