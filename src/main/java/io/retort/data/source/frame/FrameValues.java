package io.retort.data.source.frame;

import io.retort.data.Column;
import io.retort.data.Column.NumberColumn;
import io.retort.data.DataType;
import io.retort.data.LabelColumns;
import io.retort.data.LabelValues;
import io.retort.data.RowsBuilder;
import io.retort.data.Schema;
import io.retort.data.source.file.PictureDecoder;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StringType;

/**
 * The values of a row of Spark: of the features, a column each or one for all, of the labels, of the further columns and
 * of the id, in this order, behind those columns that say where the row is.
 */
public final class FrameValues {
    private static final String KEEP = "; missing = keep keeps missing numbers";
    private static final Pattern NOT_FINITE = Pattern.compile("(?i)[+-]?(nan|inf|infinity)");
    private static final Pattern HEXADECIMAL = Pattern.compile("(?i)[+-]?0x[0-9a-f.p+-]+");
    private static final Pattern SEPARATED = Pattern.compile("[+-]?\\d+([,.' ]\\d{3})*([.,]\\d+)?");

    /**
     * What all rows have in common.
     *
     * @param features the columns of features, or the one that holds them all; none where networks read texts
     * @param id the column of ids; empty where ids are made of keys
     * @param types of all these columns, in their order
     * @param decoder of pictures; null where features are numbers
     */
    public record Columns(
            Schema schema,
            List<String> features,
            LabelColumns labels,
            String id,
            List<org.apache.spark.sql.types.DataType> types,
            PictureDecoder decoder,
            boolean keepsMissing)
            implements Serializable {}

    private final int first;
    private final Columns layout;
    private final LabelValues labelValues;
    private final List<Column> columns;
    /** One for each value. */
    private final List<FrameNumbers> values;

    private final int labelsAt;
    private final int besideAt;
    private final UnaryOperator<String> remedy;
    private final float[][] numbers;
    private final String[] texts;
    private final float[] label;
    private long id;
    private Optional<String> rounded = Optional.empty();

    /** @param first the place of the first value in a row */
    FrameValues(Columns layout, int first) {
        this.first = first;
        this.layout = layout;
        this.labelValues = LabelValues.of(layout.schema().target());
        this.columns = layout.schema().columns();
        this.labelsAt = layout.features().size();
        this.besideAt = labelsAt + layout.labels().columns().size();
        List<String> names = Stream.of(
                        layout.features().stream(),
                        layout.labels().columns().stream(),
                        columns.stream().skip(features()).map(Column::name),
                        Stream.of(layout.id()))
                .flatMap(all -> all)
                .toList();
        this.values = new ArrayList<>();
        for (int i = 0; i < layout.types().size(); i++) {
            values.add(new FrameNumbers(names.get(i), layout.types().get(i), this::noteRounded));
        }
        boolean areTexts = layout.types().stream().limit(labelsAt).anyMatch(StringType.class::isInstance);
        this.remedy = areTexts ? FrameValues::ofText : found -> KEEP;
        this.numbers = columns.stream()
                .map(column ->
                        new float[column instanceof NumberColumn of ? of.shape().elements() : 0])
                .toArray(float[][]::new);
        this.texts = new String[columns.size()];
        this.label = new float[layout.schema().target().labelWidth()];
    }

    /** How many columns of ours hold features: 1 or 0. */
    private int features() {
        return Math.min(1, layout.features().size());
    }

    /** Takes all values of a row. */
    void read(InternalRow row) {
        if (features() > 0) {
            readFeatures(row);
        }
        readLabel(row);
        for (int i = features(); i < columns.size(); i++) {
            int at = besideAt + i - features();
            if (columns.get(i) instanceof NumberColumn column) {
                readNumbers(row, at, column.element(), numbers[i]);
            } else {
                texts[i] = row.isNullAt(first + at) ? null : SparkNumber.text(row, first + at);
            }
        }
        if (!layout.id().isEmpty()) {
            id = readId(row, first + values.size() - 1);
        }
    }

    /** Hands the values of the row to {@code gathered}. */
    void put(RowsBuilder gathered, long key) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i) instanceof NumberColumn) {
                gathered.put(i, numbers[i]);
            } else {
                gathered.put(i, texts[i]);
            }
        }
        gathered.end(layout.id().isEmpty() ? key : id, label);
    }

    private void noteRounded(String number) {
        rounded = rounded.isPresent() ? rounded : Optional.of(number);
    }

    /** The first whole number so far that a 32-bit float does not hold, and where it is in its row. */
    Optional<String> rounded() {
        return rounded;
    }

    private void readFeatures(InternalRow row) {
        float[] into = numbers[0];
        if (layout.decoder() != null) {
            readPicture(row, into);
            return;
        }
        DataType element = layout.schema().element();
        if (values.get(0).isList()) {
            values.get(0).list(row, first, into, element);
            return;
        }
        for (int i = 0; i < into.length; i++) {
            into[i] = values.get(i).single(row, first + i, element, layout.keepsMissing(), remedy);
        }
    }

    private static String ofText(String found) {
        if (found.isBlank()) {
            return "; where numbers may be missing, set missing = [\"" + found + "\"]";
        } else if (NOT_FINITE.matcher(found).matches()) {
            return "; replace it, or set missing = [\"" + found + "\"] to take it for missing";
        } else if (HEXADECIMAL.matcher(found).matches()) {
            return "; write hexadecimal numbers in decimal";
        } else if (SEPARATED.matcher(found).matches()) {
            return "; write numbers without thousands separators, and with a point before decimals";
        }
        return "; name a column of categories in categories";
    }

    private void readPicture(InternalRow row, float[] into) {
        String name = layout.features().get(0);
        if (row.isNullAt(first)) {
            throw new BadRowException("column " + name + " must be a picture, was null");
        }
        try {
            DataType.UINT8.decode(layout.decoder().decode(row.getBinary(first)), 0, into, 0, into.length);
        } catch (IOException e) {
            throw new BadRowException("column " + name + " " + e.getMessage());
        }
    }

    private void readNumbers(InternalRow row, int at, DataType element, float[] into) {
        if (values.get(at).isList()) {
            values.get(at).list(row, first + at, into, element);
        } else {
            into[0] = values.get(at).single(row, first + at, element, false, found -> "");
        }
    }

    private long readId(InternalRow row, int at) {
        SparkNumber number = new SparkNumber(layout.types().get(values.size() - 1));
        try {
            return Long.parseLong(row.isNullAt(at) ? "" : number.written(row, at));
        } catch (NumberFormatException e) {
            throw new BadRowException("column " + layout.id()
                    + ": must be a whole number of at most 64 bits, one for the sign, was " + number.found(row, at));
        }
    }

    /** The row's label; not-a-number where it has none. */
    private void readLabel(InternalRow row) {
        Arrays.fill(label, Float.NaN);
        List<String> names = layout.labels().columns();
        if (layout.labels().isList()) {
            readLabelList(row);
            return;
        }
        String missing = "null";
        Optional<String> absent = Optional.empty();
        Optional<String> present = Optional.empty();
        for (int i = 0; i < names.size(); i++) {
            Optional<Float> value = label(row, labelsAt + i);
            if (value.isEmpty()) {
                absent = Optional.of(names.get(i));
                missing = row.isNullAt(first + labelsAt + i) ? "null" : "empty";
                continue;
            }
            present = Optional.of(names.get(i));
            label[i] = value.get();
            if (Float.isNaN(label[i])) {
                String written =
                        written(row, first + labelsAt + i, layout.types().get(labelsAt + i));
                requireLabel(label[i], names.get(i), isText(labelsAt + i) ? '"' + written + '"' : written, written);
            }
        }
        if (absent.isPresent() && present.isPresent()) {
            throw new BadRowException("column " + absent.get() + ": must be " + labelValues.allowed()
                    + ", was " + missing + ", but the row has a value in " + present.get()
                    + "; give it all values of its label, or none");
        }
    }

    /** Nothing where there is no label; not-a-number where it is none. */
    private Optional<Float> label(InternalRow row, int at) {
        if (row.isNullAt(first + at)) {
            return Optional.empty();
        } else if (!isText(at)) {
            return Optional.of(labelValues.value(values.get(at).value(row, first + at)));
        }
        String text = SparkNumber.text(row, first + at);
        return labelValues.isAbsent(text) ? Optional.empty() : Optional.of(labelValues.value(text));
    }

    private boolean isText(int at) {
        return layout.types().get(at) instanceof StringType;
    }

    /** As it is written; empty where it is null. */
    static String written(InternalRow row, int at, org.apache.spark.sql.types.DataType type) {
        if (row.isNullAt(at)) {
            return "";
        }
        return new SparkNumber(type).written(row, at);
    }

    private void readLabelList(InternalRow row) {
        FrameNumbers list = values.get(labelsAt);
        if (list.isAbsent(row, first + labelsAt)) {
            return;
        }
        list.list(row, first + labelsAt, label, DataType.FLOAT32);
        for (int i = 0; i < label.length; i++) {
            String found = Float.toString(label[i]);
            label[i] = labelValues.value((double) label[i]);
            requireLabel(label[i], layout.labels().columns().get(0), found, found);
        }
    }

    private void requireLabel(float value, String column, String found, String written) {
        if (Float.isNaN(value)) {
            throw new BadRowException("column " + column + ": must be " + labelValues.allowed() + ", was " + found
                    + labelValues.remedy(written));
        }
    }

    /** A value that a row must not have. */
    static final class BadRowException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BadRowException(String message) {
            super(message);
        }
    }
}
