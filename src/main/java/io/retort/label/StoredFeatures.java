package io.retort.label;

import io.retort.data.Column;
import io.retort.data.Column.NumberColumn;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.RowReading;
import io.retort.data.shard.Shard;
import io.retort.data.shard.ShardRows;
import io.retort.data.shard.ShardStore;
import java.util.ArrayList;
import java.util.List;

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
