package io.retort.label.sparkml;

import io.retort.data.Column;
import io.retort.data.Column.NumberColumn;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.Dataset.RowReading;
import io.retort.data.shard.Shard;
import io.retort.data.shard.ShardRows;
import io.retort.data.shard.ShardStore;
import io.retort.label.LabelStore;
import io.retort.label.LabelStore.LabelSet;
import io.retort.label.Labeller;
import io.retort.label.Labeller.LabelRequest;
import io.retort.label.Labeller.LabellingResult;
import io.retort.network.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Makes the features of rows that the store lacks, and then labels by a classifier that reads them there.
 *
 * @param features gives features of rows as they are
 * @param classifier labels rows with their features
 */
record FeaturesFirst(Labeller features, Labeller classifier) implements Labeller {
    @Override
    public String fingerprint() {
        return classifier.fingerprint();
    }

    @Override
    public Map<String, Shape> taps() {
        return Map.of();
    }

    /** What takes time is the features, so progress is theirs, and that of rows that had them. */
    @Override
    public LabellingResult label(Dataset dataset, List<LabelRequest> requests, LongConsumer progress) {
        AtomicLong ahead = new AtomicLong();
        LabellingResult made = features.label(dataset, List.of(LabelRequest.plain()), rows -> {
            ahead.addAndGet(rows);
            progress.accept(rows);
        });
        LabellingResult labelled = classifier.label(dataset, requests, rows -> {
            long behind = Math.max(0, rows - ahead.getAndUpdate(left -> Math.max(0, left - rows)));
            if (behind > 0) {
                progress.accept(behind);
            }
        });
        return new LabellingResult(
                labelled.labelled(),
                labelled.reused(),
                labelled.samples(),
                labelled.duration().plus(made.duration()));
    }

    @Override
    public void requireUnchanged(Dataset dataset) {
        features.requireUnchanged(dataset);
        classifier.requireUnchanged(dataset);
    }

    /**
     * Rows with a further column, of features that a model has given for them and a store keeps.
     *
     * @param set of the features
     */
    public record StoredFeatures(ShardStore shards, LabelStore labels, LabelSet set, NumberColumn column)
            implements RowReading {
        @Override
        public Rows rows(Schema schema, Shard shard) {
            Rows rows = shards.rows(schema, shard);
            return with(rows, labels.read(set, shard, rows.ids()));
        }

        @Override
        public Rows rows(Dataset dataset, Shard shard) {
            ShardRows found = shards.read(dataset, shard);
            return with(found.rows(), found.of(labels.read(set, shard, found.wholeIds()), set.classes()));
        }

        private Rows with(Rows rows, float[] features) {
            byte[] stored = new byte[features.length * column.element().bytes()];
            column.element().encode(features, 0, stored, 0, features.length);
            List<Column> columns = new ArrayList<>(rows.columns());
            columns.add(column);
            List<Rows.Values> values = new ArrayList<>(rows.values());
            values.add(new Rows.NumberValues(stored, column.bytes()));
            return new Rows(columns, rows.ids(), rows.labels(), values);
        }
    }
}
