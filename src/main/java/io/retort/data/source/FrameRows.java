package io.retort.data.source;

import io.retort.data.Column.NumberColumn;
import io.retort.data.DataType;
import io.retort.data.LabelColumns;
import io.retort.data.LabelValues;
import io.retort.data.Numbers;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.source.file.PictureDecoder;
import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;

/**
 * Rows of Spark as ours, on executors: in groups of neighbours, and each group in pieces.
 *
 * <p>A row of Spark has these columns: the file, or null; the row's place in its file or its id; its group; whether
 * Spark could not read it; the features; the labels; the further columns.
 */
final class FrameRows {
    private static final int FILE = 0;
    private static final int KEY = 1;
    private static final int GROUP = 2;
    private static final int IS_CORRUPT = 3;
    private static final int FEATURES = 4;
    private static final int LABELS = 5;

    /**
     * What all rows have in common.
     *
     * @param origin for messages
     * @param id the column of ids; empty where a row has a place in its file
     * @param features the columns of features, or the one that holds them all
     * @param whole whether a feature, or each of the list, is a whole number
     * @param decoder of pictures; null where features are numbers
     * @param textLabels whether a column of labels has texts
     */
    record Layout(
            String origin,
            Schema schema,
            LabelColumns labels,
            String id,
            List<String> features,
            List<Boolean> whole,
            List<Boolean> textLabels,
            boolean hasBytes,
            PictureDecoder decoder,
            boolean keepsMissing,
            boolean dropsBadRows)
            implements Serializable {}

    /** A value that a row must not have. */
    private static final class BadRowException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BadRowException(String message) {
            super(message);
        }
    }

    private final Iterator<InternalRow> rows;
    private final Layout layout;
    private final LabelValues labelValues;
    private final List<io.retort.data.Column> columns;
    private final float[][] numbers;
    private final String[] texts;
    private final float[] label;
    private Optional<InternalRow> current = Optional.empty();
    private boolean hasEarlier;
    private int group;
    private long earlier;
    private long dropped;
    private long read;
    private Optional<String> rounded = Optional.empty();

    FrameRows(Iterator<InternalRow> rows, Layout layout) {
        this.rows = rows;
        this.layout = layout;
        this.labelValues = LabelValues.of(layout.schema().target());
        this.columns = layout.schema().columns();
        this.numbers = columns.stream()
                .map(column ->
                        new float[column instanceof NumberColumn of ? of.shape().elements() : 0])
                .toArray(float[][]::new);
        this.texts = new String[columns.size()];
        this.label = new float[layout.schema().target().labelWidth()];
        advance();
    }

    private void advance() {
        current = rows.hasNext() ? Optional.of(rows.next()) : Optional.empty();
    }

    boolean hasNext() {
        return current.isPresent();
    }

    /** The file of the next row. */
    String file() {
        return current.orElseThrow().getUTF8String(FILE).toString();
    }

    /** The group of the next row. */
    int group() {
        return current.orElseThrow().getInt(GROUP);
    }

    /** The id of the next row, or its place in its file. */
    long key() {
        return current.orElseThrow().getLong(KEY);
    }

    /** Bad rows so far. */
    long dropped() {
        return dropped;
    }

    /** Rows so far that were good. */
    long read() {
        return read;
    }

    /** The first whole number so far that a 32-bit float does not hold, with its place. */
    Optional<String> rounded() {
        return rounded;
    }

    /**
     * The rows of the next row's group.
     *
     * @param firstId of the file, where rows have places
     * @param most rows in all
     */
    Iterator<Rows> pieces(long firstId, int size, long most) {
        group = group();
        long end = read > Long.MAX_VALUE - most ? Long.MAX_VALUE : read + most;
        return new Iterator<>() {
            private Optional<Rows> next = Optional.empty();

            @Override
            public boolean hasNext() {
                if (next.isEmpty()) {
                    Rows piece = piece(firstId, (int) Math.min(size, end - read));
                    next = piece.count() == 0 ? Optional.empty() : Optional.of(piece);
                }
                return next.isPresent();
            }

            @Override
            public Rows next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                Rows piece = next.orElseThrow();
                next = Optional.empty();
                return piece;
            }
        };
    }

    private Rows piece(long firstId, int size) {
        RowsBuilder gathered = new RowsBuilder(layout.schema(), size);
        while (!gathered.isFull() && hasNext() && group() == group) {
            InternalRow row = current.orElseThrow();
            long key = requireOrder(row);
            try {
                readRow(row);
                put(gathered, firstId + key);
                read++;
            } catch (BadRowException e) {
                if (!layout.dropsBadRows()) {
                    throw new ArtifactException(place(row) + e.getMessage());
                }
                dropped++;
            }
            advance();
        }
        return gathered.rows();
    }

    /** Keys come in order, each once. */
    private long requireOrder(InternalRow row) {
        long key = row.getLong(KEY);
        if (hasEarlier && key == earlier) {
            throw new ArtifactException(
                    layout.id().isEmpty()
                            ? place(row)
                                    + "select makes several rows of one, as explode does; name an id that tells them"
                                    + " apart"
                            : layout.origin() + " column " + layout.id() + ": the id " + key
                                    + " is that of several rows; ids must be unique");
        }
        hasEarlier = true;
        earlier = key;
        return key;
    }

    private void readRow(InternalRow row) {
        if (row.getBoolean(IS_CORRUPT)) {
            throw new BadRowException("cannot be read");
        }
        readFeatures(row);
        readLabel(row);
        int at = LABELS + layout.labels().columns().size();
        for (int i = 1; i < columns.size(); i++, at++) {
            if (columns.get(i) instanceof NumberColumn column) {
                readFurther(row, at, column, numbers[i]);
            } else {
                texts[i] = row.isNullAt(at) ? null : row.getUTF8String(at).toString();
            }
        }
    }

    private void put(RowsBuilder gathered, long id) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i) instanceof NumberColumn) {
                gathered.put(i, numbers[i]);
            } else {
                gathered.put(i, texts[i]);
            }
        }
        gathered.end(id, label);
    }

    private void readFeatures(InternalRow row) {
        float[] values = numbers[0];
        if (row.isNullAt(FEATURES)) {
            throw new BadRowException("column " + feature(0) + " must be "
                    + (layout.decoder() == null ? "an array" : "a picture") + ", was null");
        }
        if (layout.decoder() != null) {
            readPicture(row.getBinary(FEATURES), values);
            return;
        }
        if (layout.hasBytes()) {
            byte[] bytes = row.getBinary(FEATURES);
            requireLength(bytes.length, values.length, feature(0));
            for (int i = 0; i < bytes.length; i++) {
                values[i] = bytes[i] & 0xFF;
            }
            return;
        }
        ArrayData found = row.getArray(FEATURES);
        requireLength(found.numElements(), values.length, feature(0));
        DataType element = layout.schema().element();
        for (int i = 0; i < values.length; i++) {
            boolean isNull = found.isNullAt(i);
            double number = isNull ? Double.NaN : found.getDouble(i);
            values[i] = (float) number;
            if (layout.keepsMissing() && Double.isNaN(number)) {
                continue;
            }
            if (!element.admits(values[i])) {
                throw new BadRowException(
                        "column " + feature(i) + ": " + (isList() ? "value " + i + " " : "") + "must be "
                                + element.allowed() + ", was " + (isNull ? "null" : "" + number)
                                + (Double.isNaN(number) && element == DataType.FLOAT32
                                        ? "; missing = keep keeps missing numbers"
                                        : ""));
            }
            noteRounded(row, i, number);
        }
    }

    private void readPicture(byte[] file, float[] values) {
        try {
            DataType.UINT8.decode(layout.decoder().decode(file), 0, values, 0, values.length);
        } catch (IOException e) {
            throw new BadRowException("column " + feature(0) + " " + e.getMessage());
        }
    }

    private void noteRounded(InternalRow row, int i, double number) {
        if (rounded.isEmpty()
                && layout.whole().get(isList() ? 0 : i)
                && Math.abs(number) > 1 << 24
                && !Numbers.isFloat((long) number)) {
            rounded = Optional.of(place(row) + "column " + feature(i) + ": " + (long) number);
        }
    }

    private boolean isList() {
        return layout.features().size() == 1 && numbers[0].length > 1;
    }

    private String feature(int index) {
        return layout.features().get(layout.features().size() == 1 ? 0 : index);
    }

    private static void requireLength(int found, int needed, String column) {
        if (found != needed) {
            throw new BadRowException("column " + column + " has " + found + " values, but " + needed + " are needed");
        }
    }

    /** The row's label; not-a-number where it has none. */
    private void readLabel(InternalRow row) {
        Arrays.fill(label, Float.NaN);
        List<String> names = layout.labels().columns();
        if (layout.labels().isList()) {
            if (!row.isNullAt(LABELS)) {
                ArrayData found = row.getArray(LABELS);
                requireLength(found.numElements(), label.length, names.get(0));
                for (int i = 0; i < label.length; i++) {
                    label[i] = value(names.get(0), found.isNullAt(i) ? Double.NaN : found.getDouble(i));
                }
            }
            return;
        }
        int absent = 0;
        for (int i = 0; i < names.size(); i++) {
            if (isAbsent(row, i)) {
                absent++;
            } else if (layout.textLabels().get(i)) {
                String text = row.getUTF8String(LABELS + i).toString();
                label[i] = labelValues.value(text);
                requireLabel(label[i], names.get(i), '"' + text + '"', text);
            } else {
                label[i] = value(names.get(i), row.getDouble(LABELS + i));
            }
        }
        if (absent > 0 && absent < names.size()) {
            throw new BadRowException(
                    "columns " + names + " must have all values of the label or none, but " + absent + " are missing");
        }
    }

    private boolean isAbsent(InternalRow row, int i) {
        return row.isNullAt(LABELS + i)
                || (layout.textLabels().get(i)
                        && labelValues.isAbsent(row.getUTF8String(LABELS + i).toString()));
    }

    private float value(String column, double number) {
        float value = labelValues.value(number);
        String written = number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
        requireLabel(value, column, written, written);
        return value;
    }

    private void requireLabel(float value, String column, String found, String written) {
        if (Float.isNaN(value)) {
            throw new BadRowException("column " + column + ": must be " + labelValues.allowed() + ", was " + found
                    + labelValues.remedy(written));
        }
    }

    private static void readFurther(InternalRow row, int at, NumberColumn column, float[] into) {
        if (row.isNullAt(at)) {
            throw new BadRowException(
                    "column " + column.name() + ": must be " + column.element().allowed() + ", was null");
        }
        ArrayData found = row.getArray(at);
        requireLength(found.numElements(), into.length, column.name());
        for (int i = 0; i < into.length; i++) {
            into[i] = found.isNullAt(i) ? Float.NaN : (float) found.getDouble(i);
            if (!column.element().admits(into[i])) {
                throw new BadRowException("column " + column.name() + ": must be "
                        + column.element().allowed() + ", was "
                        + (found.isNullAt(i) ? "null" : "" + found.getDouble(i)));
            }
        }
    }

    private String place(InternalRow row) {
        return layout.id().isEmpty()
                ? row.getUTF8String(FILE) + " row " + row.getLong(KEY) + " "
                : layout.origin() + " " + layout.id() + " " + row.getLong(KEY) + " ";
    }
}
