package io.retort.data;

import java.io.Serializable;
import java.util.Arrays;
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

    /** Describes samples. */
    public static Shard of(Samples samples) {
        Schema schema = samples.schema();
        Long[] counts = new Long[schema.classes()];
        Arrays.fill(counts, 0L);
        for (int label : samples.labels()) {
            counts[label]++;
        }
        int channels = schema.shape().channels();
        int plane = schema.shape().height() * schema.shape().width();
        double[] sums = new double[channels];
        double[] squares = new double[channels];
        float[] values = new float[schema.shape().elements()];
        for (int i = 0; i < samples.count(); i++) {
            samples.copyFeatures(i, values, 0);
            for (int c = 0; c < channels; c++) {
                double sum = 0;
                double square = 0;
                for (int j = c * plane; j < (c + 1) * plane; j++) {
                    sum += values[j];
                    square += (double) values[j] * values[j];
                }
                sums[c] += sum;
                squares[c] += square;
            }
        }
        return new Shard(
                samples.key(),
                samples.count(),
                List.of(counts),
                Arrays.stream(sums).boxed().toList(),
                Arrays.stream(squares).boxed().toList());
    }
}
