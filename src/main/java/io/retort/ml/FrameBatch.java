package io.retort.ml;

import io.retort.ml.FrameInput.Floats;
import io.retort.ml.FrameInput.FrameColumn;
import io.retort.predict.RowBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;

/** Rows of a DataFrame that a model is asked about together, by the names of its inputs. */
final class FrameBatch implements RowBatch {
    private final List<FrameInput> inputs;
    private final boolean keepsMissing;
    private final List<RawRow> rows = new ArrayList<>();
    private final Map<String, Floats> numbers = new HashMap<>();
    private final Map<String, List<String>> texts = new HashMap<>();

    /** @param keepsMissing whether a null is not-a-number or an empty text, instead of an error */
    FrameBatch(List<FrameInput> inputs, boolean keepsMissing) {
        this.inputs = inputs;
        this.keepsMissing = keepsMissing;
        for (FrameInput input : inputs) {
            if (input.isText()) {
                texts.put(input.name(), new ArrayList<>());
            } else {
                numbers.put(input.name(), new Floats(input.isWhole()));
            }
        }
    }

    List<RawRow> rows() {
        return rows;
    }

    /** Whether the row was added: it must have as many values as those before it, of each input. */
    boolean add(RawRow row) {
        numbers.values().forEach(Floats::mark);
        for (FrameInput input : inputs) {
            if (!input.isText() && !read(input, row.values())) {
                numbers.values().forEach(Floats::reset);
                return false;
            }
        }
        for (FrameInput input : inputs) {
            if (input.isText()) {
                texts.get(input.name()).add(text(input.columns().get(0), row.values()));
            }
        }
        rows.add(row);
        return true;
    }

    private boolean read(FrameInput input, InternalRow row) {
        Floats values = numbers.get(input.name());
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
        input.requireFits(values.sinceMark());
        return rows.isEmpty() || values.beforeMark() == (long) rows.size() * values.sinceMark();
    }

    private float ofNull(FrameInput input, FrameColumn column) {
        boolean isSingle = column.kind() == FrameInput.Kind.NUMBER || column.kind() == FrameInput.Kind.TRUTH;
        if (!keepsMissing || input.isWhole() || !isSingle) {
            throw new IllegalArgumentException("a row has null, and " + input.described()
                    + " takes none; fill it or leave the row out, or let an OnnxTransformer whose model knows missing numbers"
                    + " keep it (missing = keep)");
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

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public float[] input() {
        throw new IllegalStateException("a model from elsewhere has inputs with names");
    }

    @Override
    public float[] numbers(String input) {
        return numbers.get(input).toArray();
    }

    @Override
    public String text(String input, int row) {
        return texts.get(input).get(row);
    }
}
