package io.retort.data.source.frame;

import io.retort.data.DataType;
import io.retort.data.source.file.PictureDecoder.PictureFile;
import io.retort.data.source.frame.FrameValues.BadRowException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;

/**
 * The numbers of a row in one column: a single one, or those of an array, of a Spark ML vector (the struct {@code type,
 * size, indices, values} of {@link org.apache.spark.ml.linalg.VectorUDT}, where type 0 is sparse) or of bytes.
 */
final class FrameNumbers {
    private static final int VECTOR_FIELDS = 4;
    private static final byte SPARSE = 0;

    private final String name;
    private final org.apache.spark.sql.types.DataType type;
    private final SparkNumber element;
    private final Consumer<String> onRounded;
    private boolean isRounded;

    /** @param onRounded hears of the first whole number that a 32-bit float does not hold, and where it is in its row */
    FrameNumbers(String name, org.apache.spark.sql.types.DataType type, Consumer<String> onRounded) {
        this.onRounded = onRounded;
        this.name = name;
        this.type = type;
        this.element = new SparkNumber(type instanceof ArrayType array ? array.elementType() : elementOf(type));
    }

    private static org.apache.spark.sql.types.DataType elementOf(org.apache.spark.sql.types.DataType type) {
        return isSingle(type) ? type : DataTypes.DoubleType;
    }

    private static boolean isSingle(org.apache.spark.sql.types.DataType type) {
        return SparkNumber.is(type) || type instanceof StringType;
    }

    boolean isList() {
        return !isSingle(type);
    }

    /** How many there are in a row; nothing where there is no list. */
    static Optional<Integer> length(InternalRow row, int at, org.apache.spark.sql.types.DataType type) {
        if (row.isNullAt(at)) {
            return Optional.empty();
        } else if (type instanceof BinaryType) {
            return Optional.of(row.getBinary(at).length);
        } else if (type instanceof ArrayType) {
            return Optional.of(row.getArray(at).numElements());
        }
        InternalRow vector = row.getStruct(at, VECTOR_FIELDS);
        return Optional.of(
                vector.getByte(0) == SPARSE
                        ? vector.getInt(1)
                        : vector.getArray(3).numElements());
    }

    /**
     * One number.
     *
     * @param missing whether it may be null, or not-a-number
     * @param remedy what to do about one that is missing
     */
    float single(InternalRow row, int at, DataType allowed, boolean missing, UnaryOperator<String> remedy) {
        boolean isNull = row.isNullAt(at);
        double number = isNull ? Double.NaN : element.value(row, at);
        float value = (float) number;
        if (missing && (isNull || (Float.isNaN(value) && SparkNumber.is(type)))) {
            return value;
        }
        if (!allowed.admits(value)) {
            throw new BadRowException("column " + name + ": must be " + allowed.allowed() + ", was "
                    + element.found(row, at)
                    + (Float.isNaN(value) && allowed == DataType.FLOAT32
                            ? remedy.apply(isNull ? "" : element.written(row, at))
                            : ""));
        }
        if (!isRounded && element.losesDigits(row, at, number)) {
            isRounded = true;
            onRounded.accept("column " + name + ": " + element.written(row, at));
        }
        return value;
    }

    /** A list of as many numbers as there are places. */
    void list(InternalRow row, int at, float[] into, DataType allowed) {
        if (row.isNullAt(at)) {
            throw new BadRowException("column " + name + ": must hold " + into.length + " values, was null");
        } else if (type instanceof BinaryType) {
            bytes(row.getBinary(at), into);
        } else if (type instanceof ArrayType) {
            ArrayData found = row.getArray(at);
            requireLength(found.numElements(), into.length);
            numbers(found, into, allowed);
        } else {
            vector(row.getStruct(at, VECTOR_FIELDS), into, allowed);
        }
    }

    private void bytes(byte[] found, float[] into) {
        PictureFile.format(found).ifPresent(format -> {
            throw new BadRowException("column " + name + ": must hold " + into.length + " raw values, but is a "
                    + format
                    + " file of " + found.length + " bytes; let kind = spark read it by image, or store its values, one"
                    + " byte each, channel by channel and in each row by row");
        });
        requireLength(found.length, into.length);
        for (int i = 0; i < found.length; i++) {
            into[i] = found[i] & 0xFF;
        }
    }

    private void vector(InternalRow vector, float[] into, DataType allowed) {
        ArrayData values = vector.getArray(3);
        boolean isSparse = vector.getByte(0) == SPARSE;
        requireLength(isSparse ? vector.getInt(1) : values.numElements(), into.length);
        if (!isSparse) {
            numbers(values, into, allowed);
            return;
        }
        ArrayData indices = vector.getArray(2);
        if (indices.numElements() != values.numElements()) {
            throw new BadRowException("column " + name + ": must have as many indices as values, has "
                    + indices.numElements() + " and " + values.numElements());
        }
        float[] there = new float[values.numElements()];
        numbers(values, there, allowed);
        Arrays.fill(into, 0);
        for (int i = 0; i < there.length; i++) {
            int index = indices.getInt(i);
            if (!(index >= 0 && index < into.length)) {
                throw new BadRowException(
                        "column " + name + ": must have indices from 0 to " + (into.length - 1) + ", was " + index);
            }
            into[index] = there[i];
        }
    }

    private void numbers(ArrayData found, float[] into, DataType allowed) {
        for (int i = 0; i < into.length; i++) {
            boolean isNull = found.isNullAt(i);
            double number = isNull ? Double.NaN : element.value(found, i);
            into[i] = (float) number;
            if (!allowed.admits(into[i])) {
                throw new BadRowException("column " + name + ": value " + i + " must be " + allowed.allowed() + ", was "
                        + element.found(found, i));
            }
            if (!isRounded && element.losesDigits(found, i, number)) {
                isRounded = true;
                onRounded.accept("column " + name + ": value " + i + ", " + element.written(found, i) + ",");
            }
        }
    }

    private void requireLength(int found, int needed) {
        if (found != needed) {
            throw new BadRowException("column " + name + ": must hold " + needed + " values, has " + found);
        }
    }

    /** Whether a list is not there, or holds nothing but nulls. */
    boolean isAbsent(InternalRow row, int at) {
        if (row.isNullAt(at)) {
            return true;
        }
        if (!(type instanceof ArrayType)) {
            return false;
        }
        ArrayData found = row.getArray(at);
        int nulls = 0;
        while (nulls < found.numElements() && found.isNullAt(nulls)) {
            nulls++;
        }
        return nulls > 0 && nulls == found.numElements();
    }

    /** A single number, whatever it is. */
    double value(InternalRow row, int at) {
        return element.value(row, at);
    }
}
