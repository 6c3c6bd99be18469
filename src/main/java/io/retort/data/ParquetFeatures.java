package io.retort.data;

import java.util.Arrays;
import java.util.Optional;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;

/**
 * The features of a row, out of any of the forms that a column of features may have: a list of numbers (of three levels, of two, or a bare
 * repeated field), the struct {@code type, size, indices, values} of a Spark ML vector (type 0 is sparse, 1 dense), or bytes.
 */
final class ParquetFeatures {
    private static final int SPARSE = 0;

    private enum Form {
        LIST,
        VECTOR,
        BYTES
    }

    private final Form form;
    private final Converter converter;
    private final Values values = new Values();
    private final Values indices = new Values();
    private final Values vectorType = new Values();
    private final Values vectorSize = new Values();

    private ParquetFeatures(Type column, Form form) {
        this.form = form;
        this.converter = switch (form) {
            case BYTES -> values;
            case LIST -> column.isPrimitive() ? values : new ListConverter(column.asGroupType(), values);
            case VECTOR -> new VectorConverter(column.asGroupType());
        };
    }

    /** Nothing where the column has none of the forms. */
    static Optional<ParquetFeatures> of(Type column) {
        return form(column).map(form -> new ParquetFeatures(column, form));
    }

    private static Optional<Form> form(Type column) {
        if (column.isPrimitive()) {
            PrimitiveTypeName type = column.asPrimitiveType().getPrimitiveTypeName();
            boolean bytes = (type == PrimitiveTypeName.BINARY || type == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY)
                    && column.getLogicalTypeAnnotation() == null;
            if (column.isRepetition(Repetition.REPEATED)) {
                return ParquetSample.isNumber(column) ? Optional.of(Form.LIST) : Optional.empty();
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
                ? ParquetSample.isNumber(repeated)
                : repeated.asGroupType().getFieldCount() == 1
                        && ParquetSample.isNumber(repeated.asGroupType().getType(0));
    }

    private static boolean isVector(GroupType group) {
        return group.getFieldCount() == 4
                && group.containsField("type")
                && ParquetSample.isNumber(group.getType("type"))
                && group.containsField("size")
                && ParquetSample.isNumber(group.getType("size"))
                && group.containsField("indices")
                && isListOfNumbers(group.getType("indices"))
                && group.containsField("values")
                && isListOfNumbers(group.getType("values"));
    }

    boolean isBytes() {
        return form == Form.BYTES;
    }

    Converter converter() {
        return converter;
    }

    void clear() {
        values.clear();
        indices.clear();
        vectorType.clear();
        vectorSize.clear();
    }

    /** How many features there are. */
    int length() {
        return isSparse() ? (int) vectorSize.first() : values.count;
    }

    private boolean isSparse() {
        return form == Form.VECTOR && vectorType.first() == SPARSE;
    }

    /** What is wrong with them, if they should be {@code expected} values. */
    Optional<String> problem(int expected) {
        if (values.entries == 0 && !isSparse()) {
            return Optional.of("must hold " + expected + " values, was null or empty");
        }
        if (values.entries != values.count) {
            return Optional.of("must hold no null, but " + (values.entries - values.count) + " of its " + values.entries
                    + " values are");
        }
        if (length() != expected) {
            return Optional.of("must hold " + expected + " values, has " + length());
        }
        if (isSparse()) {
            for (int i = 0; i < indices.count; i++) {
                if (!(indices.of(i) >= 0 && indices.of(i) < expected)) {
                    return Optional.of(
                            "must have indices from 0 to " + (expected - 1) + ", was " + (long) indices.of(i));
                }
            }
            if (indices.count != values.count) {
                return Optional.of(
                        "must have as many indices as values, has " + indices.count + " and " + values.count);
            }
        }
        return Optional.empty();
    }

    /** Writes the features where there is no {@link #problem}. */
    void copyTo(float[] features) {
        if (!isSparse()) {
            for (int i = 0; i < features.length; i++) {
                features[i] = (float) values.of(i);
            }
            return;
        }
        Arrays.fill(features, 0);
        for (int i = 0; i < values.count; i++) {
            features[(int) indices.of(i)] = (float) values.of(i);
        }
    }

    /** Numbers in the order of their arrival. An entry that brings no number is null. */
    private static final class Values extends PrimitiveConverter {
        private double[] numbers = new double[16];
        private int count;
        private int entries;

        void clear() {
            count = 0;
            entries = 0;
        }

        double of(int index) {
            return numbers[index];
        }

        double first() {
            return count == 0 ? Double.NaN : numbers[0];
        }

        private void add(double value) {
            if (count == numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * count);
            }
            numbers[count++] = value;
            entries = Math.max(entries, count);
        }

        @Override
        public void addInt(int value) {
            add(value);
        }

        @Override
        public void addLong(long value) {
            add((double) value);
        }

        @Override
        public void addFloat(float value) {
            add(value);
        }

        @Override
        public void addDouble(double value) {
            add(value);
        }

        @Override
        public void addBinary(Binary value) {
            for (byte each : value.getBytesUnsafe()) {
                add(each & 0xFF);
            }
        }
    }

    private static final class ListConverter extends GroupConverter {
        private final Converter repeated;

        ListConverter(GroupType list, Values values) {
            repeated = list.getType(0).isPrimitive() ? values : new EntryConverter(values);
        }

        @Override
        public Converter getConverter(int index) {
            return repeated;
        }

        @Override
        public void start() {}

        @Override
        public void end() {}
    }

    private static final class EntryConverter extends GroupConverter {
        private final Values values;
        private int begun;

        EntryConverter(Values values) {
            this.values = values;
        }

        @Override
        public Converter getConverter(int index) {
            return values;
        }

        @Override
        public void start() {
            begun = values.entries + 1;
        }

        @Override
        public void end() {
            values.entries = begun;
        }
    }

    private final class VectorConverter extends GroupConverter {
        private final Converter[] fields = new Converter[4];

        VectorConverter(GroupType vector) {
            fields[vector.getFieldIndex("type")] = vectorType;
            fields[vector.getFieldIndex("size")] = vectorSize;
            fields[vector.getFieldIndex("indices")] =
                    new ListConverter(vector.getType("indices").asGroupType(), indices);
            fields[vector.getFieldIndex("values")] =
                    new ListConverter(vector.getType("values").asGroupType(), values);
        }

        @Override
        public Converter getConverter(int index) {
            return fields[index];
        }

        @Override
        public void start() {}

        @Override
        public void end() {}
    }
}
