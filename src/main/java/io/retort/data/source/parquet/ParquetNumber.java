package io.retort.data.source.parquet;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * The numbers of a column, as its physical and its logical type say together: signed and unsigned integers,
 * floating-point numbers, and decimals, which are their stored integers times 10 to the power of −scale (Apache
 * Parquet, LogicalTypes.md).
 *
 * <p>Dates, times, timestamps and intervals are none, although they are stored as integers. Neither are FLOAT16 and
 * what has other logical types.
 */
abstract class ParquetNumber extends PrimitiveConverter {
    private final boolean unsigned;
    private final int scale;

    /** @param type of which it {@linkplain #is is} one, or truth values, which are 0 and 1 */
    ParquetNumber(Type type) {
        LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
        this.unsigned = logical instanceof IntLogicalTypeAnnotation integer && !integer.isSigned();
        this.scale = logical instanceof DecimalLogicalTypeAnnotation decimal ? decimal.getScale() : 0;
    }

    /** Whether values of a type are numbers. */
    static boolean is(Type type) {
        if (!type.isPrimitive()) {
            return false;
        }
        LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
        return switch (type.asPrimitiveType().getPrimitiveTypeName()) {
            case INT32, INT64 ->
                logical == null
                        || logical instanceof IntLogicalTypeAnnotation
                        || logical instanceof DecimalLogicalTypeAnnotation;
            case FLOAT, DOUBLE -> logical == null;
            case BINARY, FIXED_LEN_BYTE_ARRAY -> logical instanceof DecimalLogicalTypeAnnotation;
            default -> false;
        };
    }

    /** Whether values of a type are numbers, and whole ones all of them. */
    static boolean isWhole(Type type) {
        if (!is(type)) {
            return false;
        }
        PrimitiveType primitive = type.asPrimitiveType();
        return primitive.getLogicalTypeAnnotation() instanceof DecimalLogicalTypeAnnotation decimal
                ? decimal.getScale() == 0
                : primitive.getPrimitiveTypeName() == PrimitiveTypeName.INT32
                        || primitive.getPrimitiveTypeName() == PrimitiveTypeName.INT64;
    }

    /** A value of a type of whole numbers. */
    abstract void whole(long value);

    /** A value of a type of whole numbers that has more than 64 bits, one of them for the sign. */
    abstract void wide(BigInteger value);

    /** A value of a type that has others than whole numbers. */
    abstract void real(double value);

    @Override
    public final void addInt(int value) {
        stored(unsigned ? Integer.toUnsignedLong(value) : value);
    }

    @Override
    public final void addLong(long value) {
        if (unsigned && value < 0) {
            wide(new BigInteger(Long.toUnsignedString(value)));
        } else {
            stored(value);
        }
    }

    @Override
    public final void addFloat(float value) {
        real(value);
    }

    @Override
    public final void addDouble(double value) {
        real(value);
    }

    @Override
    public final void addBoolean(boolean value) {
        whole(value ? 1 : 0);
    }

    /** A decimal: a big-endian integer in two's complement. */
    @Override
    public void addBinary(Binary value) {
        BigInteger unscaled = new BigInteger(value.getBytesUnsafe());
        if (unscaled.bitLength() < Long.SIZE) {
            stored(unscaled.longValue());
        } else if (scale > 0) {
            real(new BigDecimal(unscaled, scale).doubleValue());
        } else {
            wide(unscaled);
        }
    }

    private void stored(long value) {
        if (scale > 0) {
            real(BigDecimal.valueOf(value, scale).doubleValue());
        } else {
            whole(value);
        }
    }
}
