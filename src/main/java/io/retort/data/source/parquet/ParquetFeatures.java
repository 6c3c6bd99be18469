package io.retort.data.source.parquet;

import java.util.Arrays;
import java.util.Optional;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;

/**
 * The features of a row, out of any of the forms that a column of features may have: a list of numbers (of three
 * levels, of two, or a bare repeated field), the struct {@code type, size, indices, values} of a Spark ML vector (type
 * 0 is sparse, 1 dense), or bytes.
 */
public final class ParquetFeatures implements ParquetSample.Field {
    private static final int SPARSE = 0;

    private enum Form {
        LIST,
        VECTOR,
        BYTES
    }

    private final Form form;
    private final Converter converter;
    private final ParquetValues values = new ParquetValues();
    private final ParquetValues indices = new ParquetValues();
    private final ParquetValues vectorType = new ParquetValues();
    private final ParquetValues vectorSize = new ParquetValues();

    private ParquetFeatures(Type column, Form form) {
        this.form = form;
        this.converter = switch (form) {
            case BYTES -> values.bytes();
            case LIST -> column.isPrimitive() ? values.numbers(column) : values.list(column.asGroupType());
            case VECTOR -> vector(column.asGroupType());
        };
    }

    /** Nothing where the column has none of the forms. */
    public static Optional<ParquetFeatures> of(Type column) {
        return form(column).map(form -> new ParquetFeatures(column, form));
    }

    private static Optional<Form> form(Type column) {
        if (column.isPrimitive()) {
            PrimitiveTypeName type = column.asPrimitiveType().getPrimitiveTypeName();
            boolean bytes = (type == PrimitiveTypeName.BINARY || type == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY)
                    && column.getLogicalTypeAnnotation() == null;
            if (column.isRepetition(Repetition.REPEATED)) {
                return isNumber(column) ? Optional.of(Form.LIST) : Optional.empty();
            }
            return bytes ? Optional.of(Form.BYTES) : Optional.empty();
        }
        GroupType group = column.asGroupType();
        if (isListOfNumbers(group)) {
            return Optional.of(Form.LIST);
        }
        return isVector(group) ? Optional.of(Form.VECTOR) : Optional.empty();
    }

    private static boolean isListOfNumbers(Type column) {
        if (column.isPrimitive() || column.asGroupType().getFieldCount() != 1) {
            return false;
        }
        Type repeated = column.asGroupType().getType(0);
        if (!repeated.isRepetition(Repetition.REPEATED)) {
            return false;
        }
        return repeated.isPrimitive()
                ? isNumber(repeated)
                : repeated.asGroupType().getFieldCount() == 1
                        && isNumber(repeated.asGroupType().getType(0));
    }

    /** Truth values are 0 and 1. */
    static boolean isNumber(Type type) {
        return ParquetNumber.is(type)
                || (type.isPrimitive() && type.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BOOLEAN);
    }

    private static boolean isVector(GroupType group) {
        return group.getFieldCount() == 4
                && group.containsField("type")
                && ParquetNumber.is(group.getType("type"))
                && group.containsField("size")
                && ParquetNumber.is(group.getType("size"))
                && group.containsField("indices")
                && isListOfNumbers(group.getType("indices"))
                && group.containsField("values")
                && isListOfNumbers(group.getType("values"));
    }

    public boolean isBytes() {
        return form == Form.BYTES;
    }

    @Override
    public Converter converter() {
        return converter;
    }

    @Override
    public void clear() {
        values.clear();
        indices.clear();
        vectorType.clear();
        vectorSize.clear();
    }

    /** How many features there are. */
    public int length() {
        return isSparse() ? (int) vectorSize.first() : values.count();
    }

    /** Whether the row has none: null, or nothing but nulls. */
    public boolean isAbsent() {
        return form == Form.VECTOR
                ? vectorType.count() == 0
                : values.count() == 0 && (values.entries() > 0 || !values.isThere());
    }

    private boolean isSparse() {
        return form == Form.VECTOR && vectorType.first() == SPARSE;
    }

    /** What is wrong with them, if they should be {@code expected} values. */
    public Optional<String> problem(int expected) {
        if (values.entries() == 0 && !isSparse()) {
            return Optional.of("must hold " + expected + " values, was null or empty");
        }
        if (values.picture().isPresent()) {
            return Optional.of("must hold " + expected + " raw values, but is a "
                    + values.picture().get() + " file of "
                    + values.count()
                    + " bytes; decode it and store its values, one byte each, channel by channel and in"
                    + " each row by row");
        }
        int nulls = values.entries() - values.count();
        if (nulls > 0) {
            return Optional.of("must hold no null, but " + nulls + " of its " + values.entries() + " values are");
        }
        if (length() != expected) {
            return Optional.of("must hold " + expected + " values, has " + length());
        }
        if (isSparse()) {
            for (int i = 0; i < indices.count(); i++) {
                if (!(indices.of(i) >= 0 && indices.of(i) < expected)) {
                    return Optional.of(
                            "must have indices from 0 to " + (expected - 1) + ", was " + (long) indices.of(i));
                }
            }
            if (indices.count() != values.count()) {
                return Optional.of(
                        "must have as many indices as values, has " + indices.count() + " and " + values.count());
            }
        }
        return Optional.empty();
    }

    /** The first whole number among them that a 32-bit float does not hold, with its place. */
    public Optional<String> rounded() {
        return values.rounded();
    }

    /** Writes the features where there is no {@link #problem}. */
    public void copyTo(float[] features) {
        if (!isSparse()) {
            for (int i = 0; i < features.length; i++) {
                features[i] = (float) values.of(i);
            }
            return;
        }
        Arrays.fill(features, 0);
        for (int i = 0; i < values.count(); i++) {
            features[(int) indices.of(i)] = (float) values.of(i);
        }
    }

    private Converter vector(GroupType vector) {
        Converter[] fields = new Converter[4];
        fields[vector.getFieldIndex("type")] = vectorType.numbers(vector.getType("type"));
        fields[vector.getFieldIndex("size")] = vectorSize.numbers(vector.getType("size"));
        fields[vector.getFieldIndex("indices")] =
                indices.list(vector.getType("indices").asGroupType());
        fields[vector.getFieldIndex("values")] =
                values.list(vector.getType("values").asGroupType());
        return ParquetValues.group(() -> {}, () -> {}, fields);
    }
}
