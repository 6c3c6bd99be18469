package io.retort.ml;

import io.retort.predict.ElementType;
import io.retort.predict.Predictor.TensorSpec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.UserDefinedType;

/**
 * The columns of a DataFrame that one input of a model is made of, side by side.
 *
 * @param rowSizes one of them may be open
 * @param columns one of texts, or any number of numbers
 * @param described the input, for messages
 */
record FrameInput(
        String name, ElementType type, ArrayList<Integer> rowSizes, ArrayList<FrameColumn> columns, String described)
        implements Serializable {
    /** What a column holds. */
    enum Kind {
        NUMBER {
            @Override
            void read(InternalRow row, FrameColumn column, Floats into) {
                into.add(number(row.get(column.index(), column.type())));
            }
        },
        TRUTH {
            @Override
            void read(InternalRow row, FrameColumn column, Floats into) {
                into.add(number(row.getBoolean(column.index())));
            }
        },
        VECTOR {
            @Override
            void read(InternalRow row, FrameColumn column, Floats into) {
                UserDefinedType<?> type = (UserDefinedType<?>) column.type();
                InternalRow vector = row.getStruct(column.index(), ((StructType) type.sqlType()).size());
                into.addAll(((Vector) type.deserialize(vector)).toArray());
            }
        },
        BYTES {
            @Override
            void read(InternalRow row, FrameColumn column, Floats into) {
                into.addAll(row.getBinary(column.index()));
            }
        },
        NUMBERS {
            @Override
            void read(InternalRow row, FrameColumn column, Floats into) {
                ArrayData array = row.getArray(column.index());
                for (int i = 0; i < array.numElements(); i++) {
                    if (array.isNullAt(i)) {
                        throw new IllegalArgumentException("an array has a null");
                    }
                }
                DataType element = ((ArrayType) column.type()).elementType();
                if (element instanceof FloatType) {
                    into.addAll(array.toFloatArray());
                } else if (element instanceof DoubleType) {
                    into.addAll(array.toDoubleArray());
                } else {
                    for (int i = 0; i < array.numElements(); i++) {
                        into.add(number(array.get(i, element)));
                    }
                }
            }
        },
        TEXT {
            @Override
            void read(InternalRow row, FrameColumn column, Floats into) {
                throw new IllegalStateException("a text is not read as numbers");
            }
        };

        abstract void read(InternalRow row, FrameColumn column, Floats into);

        private static double number(Object value) {
            if (value instanceof Boolean truth) {
                return truth ? 1 : 0;
            }
            return value instanceof Decimal decimal ? decimal.toDouble() : ((Number) value).doubleValue();
        }
    }

    /** A column of a row. */
    record FrameColumn(String name, int index, DataType type, Kind kind) implements Serializable {
        void numbers(InternalRow row, Floats into) {
            kind.read(row, this, into);
        }
    }

    /**
     * The columns of these names for an input.
     *
     * @throws IllegalArgumentException where there is none of a name, or one is of another type than the input
     */
    static FrameInput of(TensorSpec input, List<String> names, StructType schema) {
        String described = "input '" + input.name() + "', " + input.describe();
        ArrayList<FrameColumn> columns = new ArrayList<>();
        for (String name : names) {
            columns.add(column(name, schema, described));
        }
        boolean takesTexts = input.type() == ElementType.STRING;
        for (FrameColumn column : columns) {
            if ((column.kind() == Kind.TEXT) != takesTexts) {
                throw new IllegalArgumentException("column " + column.name() + " is "
                        + schema.apply(column.name()).dataType().simpleString() + ", but " + described + " takes "
                        + (takesTexts ? "a string" : "numbers"));
            }
        }
        if (NamedModel.open(input) > 1 || (takesTexts && (columns.size() > 1 || NamedModel.fixed(input) > 1))) {
            throw new IllegalArgumentException(described
                    + " cannot be made of columns: it must have one open size at most besides the batch, and one string"
                    + " for each row");
        }
        return new FrameInput(input.name(), input.type(), new ArrayList<>(input.rowSizes()), columns, described);
    }

    private static FrameColumn column(String name, StructType schema, String described) {
        List<String> there = List.of(schema.fieldNames());
        if (!there.contains(name)) {
            throw new IllegalArgumentException(
                    "there is no column " + name + " for " + described + "; there are " + there);
        }
        StructField field = schema.apply(name);
        return new FrameColumn(name, there.indexOf(name), field.dataType(), kind(field, described));
    }

    private static Kind kind(StructField field, String described) {
        DataType type = field.dataType();
        if (type instanceof NumericType) {
            return Kind.NUMBER;
        } else if (type instanceof BooleanType) {
            return Kind.TRUTH;
        } else if (type instanceof StringType) {
            return Kind.TEXT;
        } else if (type instanceof BinaryType) {
            return Kind.BYTES;
        } else if (type.equals(SQLDataTypes.VectorType())) {
            return Kind.VECTOR;
        } else if (type instanceof ArrayType array
                && (array.elementType() instanceof NumericType || array.elementType() instanceof BooleanType)) {
            return Kind.NUMBERS;
        }
        throw new IllegalArgumentException("column " + field.name() + " is " + type.simpleString()
                + ", must be a number, a truth value, a string, an array of numbers, a vector or binary, for "
                + described);
    }

    boolean isText() {
        return columns.get(0).kind() == Kind.TEXT;
    }

    /**
     * The sizes of a row of so many values: the open one is what is left.
     *
     * @throws IllegalArgumentException where the input has no such row
     */
    List<Integer> sizes(int values) {
        boolean isOpen = rowSizes.contains(TensorSpec.OPEN);
        int fixed = NamedModel.fixed(rowSizes);
        if (isOpen ? values % fixed != 0 : values != fixed) {
            throw new IllegalArgumentException("columns "
                    + columns.stream().map(FrameColumn::name).toList() + " have " + values + " values in a row, but "
                    + described + " takes " + (isOpen ? "a multiple of " : "") + fixed);
        }
        return rowSizes.stream()
                .map(size -> size == TensorSpec.OPEN ? values / fixed : size)
                .toList();
    }
}
