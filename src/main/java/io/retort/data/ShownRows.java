package io.retort.data;

import io.retort.predict.RowBatch;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Rows as a view shows them, one batch after the other. A column is decoded when a model reads it, and once for all
 * models that read the same batch. A view that changes tables needs all rows of a shard.
 */
public final class ShownRows implements RowBatch {
    private final Schema schema;
    private final Rows rows;
    private final View view;
    private final Map<String, float[]> decoded = new HashMap<>();
    private final Map<String, float[]> memory = new HashMap<>();
    /** For networks, all rows at once; null until it is read. */
    private Samples encoded;

    private int from;
    private int size;

    /** All rows together. */
    public ShownRows(Schema schema, Rows rows, View view) {
        this.schema = schema;
        this.rows = view.shown(schema.input().columns(), rows);
        this.view = view;
        this.size = rows.count();
    }

    /** Goes through all rows in their order, in batches of {@code most} and a last one of the rest. */
    public void forEachBatch(int most, Consumer<ShownRows> onBatch) {
        for (from = 0; from < rows.count(); from += size) {
            size = Math.min(most, rows.count() - from);
            decoded.clear();
            onBatch.accept(this);
        }
    }

    /** The place of the batch's first row among all. */
    public int from() {
        return from;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public long id(int row) {
        return rows.ids()[from + row];
    }

    @Override
    public boolean hasLabel(int row) {
        return rows.labels().isPresent(from + row);
    }

    @Override
    public float[] input() {
        if (encoded == null) {
            encoded = schema.encode(rows);
        }
        return decoded.computeIfAbsent("", none -> {
            float[] values = room("", schema.shape().elements());
            for (int i = 0; i < size; i++) {
                view.copy(encoded, from + i, values, i);
            }
            return values;
        });
    }

    @Override
    public float[] numbers(String column) {
        if (schema.input() instanceof InputEncoder.Numbers same
                && same.of().name().equals(column)) {
            return input();
        }
        return decoded.computeIfAbsent(column, name -> {
            Column.NumberColumn type = (Column.NumberColumn) rows.columns().get(Rows.place(rows.columns(), name));
            byte[] stored = rows.numbers(name);
            int elements = type.shape().elements();
            float[] values = room(name, elements);
            type.element().decode(stored, from * type.bytes(), values, 0, size * elements);
            for (int i = 0; type.shape().isImage() && i < size; i++) {
                view.apply(rows.ids()[from + i], values, i * elements, type.shape());
            }
            return values;
        });
    }

    private float[] room(String column, int elements) {
        float[] room = memory.get(column);
        if (room == null || room.length < size * elements) {
            room = new float[size * elements];
            memory.put(column, room);
        }
        return room;
    }

    @Override
    public String text(String column, int row) {
        String text = rows.texts(column)[from + row];
        return text == null ? "" : text;
    }
}
