package io.retort.data.shard;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.retort.data.Rows;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.encode.TokenInput;
import io.retort.data.encode.TokenInput.TextCounts;
import io.retort.data.shard.RowCounts.LabelMoments;
import io.retort.network.ChannelMoments;
import io.retort.network.Shape;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * What is known of a shard without opening it.
 *
 * @param key the digest of its content, and its name in the store
 * @param samples how many it holds
 * @param labelCounts samples by class index, of several classes those that have it; rows without label are in none
 * @param channelMeans the mean of what networks take, by channel (for vectors, by feature); none of texts
 *     and of tables, whose statistics are fitted
 * @param channelSquares the sum of their squared deviations from it, likewise
 * @param texts one element where the samples are texts
 * @param labels one element where a label is no class
 */
public record Shard(
        String key,
        int samples,
        List<Long> labelCounts,
        List<Double> channelMeans,
        List<Double> channelSquares,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<TextCounts> texts,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<LabelMoments> labels)
        implements Serializable {
    public Shard {
        texts = texts == null ? List.of() : List.copyOf(texts); // Jackson gives null for what is left out
        labels = labels == null ? List.of() : List.copyOf(labels);
        labelCounts = List.copyOf(labelCounts);
        channelMeans = List.copyOf(channelMeans);
        channelSquares = List.copyOf(channelSquares);
    }

    /** A shard whose samples are no texts. */
    public Shard(
            String key, int samples, List<Long> labelCounts, List<Double> channelMeans, List<Double> channelSquares) {
        this(key, samples, labelCounts, channelMeans, channelSquares, List.of(), List.of());
    }

    /** Only what a task needs to read it. */
    public Shard plain() {
        return new Shard(key, samples, List.of(), List.of(), List.of());
    }

    /** How many rows there are. */
    RowCounts counts() {
        return new RowCounts(samples, labelCounts, labels);
    }

    /** Describes rows. */
    public static Shard of(Schema schema, Rows rows) {
        String key = rows.key();
        RowCounts counts = RowCounts.of(schema.target(), rows.labels());
        if (schema.input() instanceof TokenInput tokens) {
            return new Shard(
                    key,
                    rows.count(),
                    counts.byClass(),
                    List.of(),
                    List.of(),
                    List.of(tokens.counts(rows)),
                    counts.moments());
        }
        if (schema.input().table().isPresent()) {
            return new Shard(key, rows.count(), counts.byClass(), List.of(), List.of(), List.of(), counts.moments());
        }
        Samples samples = schema.encode(rows);
        double[] means = new double[schema.shape().channels()];
        double[] squares = new double[means.length];
        // The first pass finds the means, which are exact where all values are the same: no double has so many digits
        // that they are lost in a sum of as many floats as an array holds.
        addDeviations(samples, means.clone(), means, squares);
        double values = (double) samples.count() * plane(schema);
        for (int c = 0; c < means.length; c++) {
            means[c] /= values;
        }
        double[] rests = new double[means.length];
        Arrays.fill(squares, 0);
        addDeviations(samples, means, rests, squares);
        for (int c = 0; c < means.length; c++) {
            means[c] += rests[c] / values;
            squares[c] = Math.max(0, squares[c] - rests[c] * rests[c] / values);
        }
        return new Shard(
                key,
                samples.count(),
                counts.byClass(),
                Arrays.stream(means).boxed().toList(),
                Arrays.stream(squares).boxed().toList(),
                List.of(),
                counts.moments());
    }

    /** Adds {@code Σ (x − centre)} and {@code Σ (x − centre)²}. */
    private static void addDeviations(Samples samples, double[] centres, double[] sums, double[] squares) {
        int plane = plane(samples.schema());
        float[] values = new float[samples.schema().shape().elements()];
        for (int i = 0; i < samples.count(); i++) {
            samples.copyFeatures(i, values, 0);
            for (int c = 0; c < centres.length; c++) {
                double sum = 0;
                double square = 0;
                for (int j = c * plane; j < (c + 1) * plane; j++) {
                    double apart = values[j] - centres[c];
                    sum += apart;
                    square += apart * apart;
                }
                sums[c] += sum;
                squares[c] += square;
            }
        }
    }

    private static int plane(Schema schema) {
        return schema.shape().height() * schema.shape().width();
    }

    /** What is known of the features, by channel. */
    public ChannelMoments moments(Shape shape) {
        return new ChannelMoments(
                (double) samples * shape.height() * shape.width(), array(channelMeans), array(channelSquares));
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
