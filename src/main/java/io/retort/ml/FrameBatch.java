package io.retort.ml;

import io.retort.ml.FrameInput.FrameColumn;
import io.retort.predict.BatchTensor;
import io.retort.predict.Predictor.Inputs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;

/** Rows of a DataFrame that a model is asked about together. It is filled anew for each batch. */
final class FrameBatch {
    /** A batch with more values than this ends early; one row may have as many as it likes. */
    private static final int MAX_ELEMENTS = 1 << 24;

    private final List<FrameInput> inputs;
    private final int most;
    private final boolean keepsMissing;
    private final List<RawRow> rows = new ArrayList<>();
    private final Map<String, Floats> read = new HashMap<>();
    private final Map<String, BatchTensor> tensors = new HashMap<>();

    /**
     * @param most rows
     * @param keepsMissing whether a null is not-a-number or an empty text, instead of an error
     */
    FrameBatch(List<FrameInput> inputs, int most, boolean keepsMissing) {
        this.inputs = inputs;
        this.most = most;
        this.keepsMissing = keepsMissing;
        inputs.forEach(input -> read.put(input.name(), new Floats(input.type().isWhole())));
    }

    List<RawRow> rows() {
        return rows;
    }

    /** As the model takes them; valid until the next {@link #clear()}. */
    Inputs inputs() {
        return new Inputs(rows.size(), tensors);
    }

    void clear() {
        rows.clear();
    }

    /** Whether the row was added: there must be room, and it must have as many values as those before it, of each input. */
    boolean add(RawRow row) {
        for (FrameInput input : inputs) {
            if (!input.isText()) {
                read(input, row.values());
            }
            if (!hasRoom(input)) {
                return false;
            }
        }
        int place = rows.size();
        for (FrameInput input : inputs) {
            BatchTensor tensor = tensors.get(input.name());
            if (input.isText()) {
                tensor.putText(place, 0, text(input.columns().get(0), row.values()));
            } else {
                tensor.putRow(place, read.get(input.name()).values(), 0);
            }
        }
        rows.add(row);
        return true;
    }

    private void read(FrameInput input, InternalRow row) {
        Floats values = read.get(input.name());
        values.clear();
        for (FrameColumn column : input.columns()) {
            try {
                if (row.isNullAt(column.index())) {
                    values.add(ofNull(input, column));
                } else {
                    column.numbers(row, values);
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("column " + column.name() + ": " + e.getMessage(), e);
            }
        }
    }

    /** Makes it for the first row of a batch. */
    private boolean hasRoom(FrameInput input) {
        BatchTensor tensor = tensors.get(input.name());
        int elements = input.isText() ? 1 : read.get(input.name()).count();
        if (tensor != null && tensor.rowElements() == elements) {
            return rows.size() < tensor.capacity();
        }
        List<Integer> sizes = input.sizes(elements);
        if (!rows.isEmpty()) {
            return false;
        }
        int capacity = Math.max(1, Math.min(most, MAX_ELEMENTS / Math.max(1, elements)));
        tensors.put(input.name(), new BatchTensor(input.type(), sizes, capacity));
        return true;
    }

    private float ofNull(FrameInput input, FrameColumn column) {
        boolean isSingle = column.kind() == FrameInput.Kind.NUMBER || column.kind() == FrameInput.Kind.TRUTH;
        if (!keepsMissing || input.type().isWhole() || !isSingle) {
            throw new IllegalArgumentException("a row has null, and " + input.described()
                    + " takes none; fill it or leave the row out, or keep it where the model knows missing numbers"
                    + " (missing = keep, of score --missing keep)");
        }
        return Float.NaN;
    }

    private String text(FrameColumn column, InternalRow row) {
        if (!row.isNullAt(column.index())) {
            return row.getUTF8String(column.index()).toString();
        }
        if (!keepsMissing) {
            throw new IllegalArgumentException("column " + column.name()
                    + ": a row has null; fill it, or set missing to keep, which gives the model an empty string");
        }
        return "";
    }
}
