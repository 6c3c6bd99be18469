package io.retort.data.shard;

import io.retort.data.InputEncoder;
import io.retort.data.Labels.LabelCounts;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.Target;
import io.retort.data.encode.TokenInput.TextCounts;
import io.retort.data.shard.RowCounts.LabelMoments;
import io.retort.network.ChannelMoments;
import io.retort.network.InputScaling;
import io.retort.storage.Digest;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * A sharded data set: its schema, its shards in order, and which of their rows it has. The rows stay in the store.
 *
 * @param counts of the rows that it has of each shard
 */
public record Dataset(Schema schema, List<Shard> shards, RowFilter filter, List<RowCounts> counts)
        implements Serializable {
    public Dataset {
        shards = List.copyOf(shards);
        counts = List.copyOf(counts);
        if (counts.size() != shards.size()) {
            throw new IllegalArgumentException(
                    shards.size() + " shards need as many counts of rows, got " + counts.size());
        }
    }

    /** All rows of some shards. */
    public Dataset(Schema schema, List<Shard> shards) {
        this(schema, shards, RowFilter.NONE, shards.stream().map(Shard::counts).toList());
    }

    /**
     * A shard of it.
     *
     * @param rows that the data set has of it
     */
    public record Part(Shard shard, int rows) implements Serializable {}

    /** The same with another target. */
    public Dataset with(Target target) {
        return new Dataset(schema.with(target), shards, filter, counts);
    }

    /** The same with what another encoder makes of its rows. */
    public Dataset with(InputEncoder other) {
        return new Dataset(schema.with(other), shards, filter, counts);
    }

    Dataset with(RowFilter other, List<RowCounts> counted) {
        return new Dataset(schema, shards, other, counted);
    }

    /** Those rows that have a label. */
    public Dataset labelledRows() {
        return labelled() == samples()
                ? this
                : with(
                        filter.ofLabelled(),
                        counts.stream().map(RowCounts::ofLabelled).toList());
    }

    /** Its rows in some of its shards. */
    public Dataset where(Predicate<Part> kept) {
        List<Part> parts = parts();
        int[] places = IntStream.range(0, parts.size())
                .filter(i -> kept.test(parts.get(i)))
                .toArray();
        return new Dataset(
                schema,
                IntStream.of(places).mapToObj(shards::get).toList(),
                filter,
                IntStream.of(places).mapToObj(counts::get).toList());
    }

    /** Without its shards: what a task needs to know that reads one. */
    public Dataset withoutShards() {
        return new Dataset(schema, List.of(), filter, List.of());
    }

    /** Its shards in order, with the rows that it has of each. */
    public List<Part> parts() {
        return IntStream.range(0, shards.size())
                .mapToObj(i -> new Part(shards.get(i), counts.get(i).rows()))
                .toList();
    }

    public long samples() {
        return counts.stream().mapToLong(RowCounts::rows).sum();
    }

    /** How many samples have a label. */
    public long labelled() {
        return counts.stream().mapToLong(RowCounts::labelled).sum();
    }

    /** Samples by class index, of several classes those that have it; none of numbers. */
    public List<Long> labelCounts() {
        long[] sums = new long[schema.target().classes().size()];
        for (RowCounts count : counts) {
            for (int c = 0; c < sums.length; c++) {
                sums[c] += count.byClass().get(c);
            }
        }
        return Arrays.stream(sums).boxed().toList();
    }

    /** How many labels there are. */
    public LabelCounts labels() {
        return new LabelCounts(schema.target(), labelled(), labelCounts());
    }

    /** Mean and squared deviations of each value of its labels, where these are no class. */
    public ChannelMoments labelMoments() {
        return counts.stream()
                .flatMap(count -> count.moments().stream())
                .map(LabelMoments::moments)
                .reduce(ChannelMoments.none(schema.target().labelWidth()), ChannelMoments::plus);
    }

    /** What a vocabulary knows of its texts; all 0 where it has none. */
    public TextCounts texts() {
        return TextCounts.sum(
                shards.stream().flatMap(shard -> shard.texts().stream()).toList());
    }

    /** The digest of the schema, of every shard's key, in order, and of the filter. */
    public String fingerprint() {
        Digest digest = new Digest().add("dataset/2").add(schema);
        shards.forEach(shard -> digest.add(shard.key()));
        if (!filter.isNone()) {
            digest.add(filter);
        }
        return digest.key();
    }

    /**
     * Mean and squared deviations of the raw features by channel (for vectors, by feature), over all rows of its
     * shards.
     */
    public ChannelMoments moments() {
        ChannelMoments moments = ChannelMoments.none(schema.shape().channels());
        for (Shard shard : shards) {
            moments = moments.plus(shard.moments(schema.shape()));
        }
        return moments;
    }

    /**
     * Standardises each channel to mean 0 and deviation 1 over this data set, of a table its numbers; a channel whose
     * values are all the same is only centred.
     */
    public InputScaling standardisation() {
        if (schema.input().table().isPresent()) {
            return schema.input().table().get().standardisation();
        }
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

    /** How the rows of a shard are read: those of a store, or with columns of further stores beside theirs. */
    public interface RowReading extends Serializable {
        /** All rows of a shard. */
        Rows rows(Schema schema, Shard shard);

        /** The rows of a shard that a data set has, with the labels that it shows. */
        Rows rows(Dataset dataset, Shard shard);
    }
}
