package io.retort.storage;

import java.nio.ByteOrder;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;

/** Converters that gather columns in arrays. Surplus values are dropped: the reader compares the number of rows. */
public final class ParquetColumns {
    private ParquetColumns() {}

    /** A row of the given columns, in the order of the projection. */
    public static GroupConverter row(PrimitiveConverter... columns) {
        return new GroupConverter() {
            @Override
            public Converter getConverter(int index) {
                return columns[index];
            }

            @Override
            public void start() {
                for (PrimitiveConverter column : columns) {
                    if (column instanceof OptionalColumn optional) {
                        optional.row++;
                    }
                }
            }

            @Override
            public void end() {}
        };
    }

    public static PrimitiveConverter longs(long[] column) {
        return new PrimitiveConverter() {
            private int row;

            @Override
            public void addLong(long value) {
                if (row < column.length) {
                    column[row++] = value;
                }
            }
        };
    }

    /** Binary values of so many little-endian float32 each, of an optional column; of a row without one the floats stay as they are. */
    public static PrimitiveConverter optionalFloats(float[] column, int each) {
        return new OptionalColumn() {
            @Override
            public void addBinary(Binary value) {
                if (value.length() != each * Float.BYTES) {
                    throw new IllegalStateException(
                            "a row has " + value.length() + " bytes instead of " + each * Float.BYTES);
                }
                if (row < column.length / each) {
                    value.toByteBuffer()
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .asFloatBuffer()
                            .get(column, row * each, each);
                }
            }
        };
    }

    /** Texts of an optional column; a row without one gets null. */
    public static PrimitiveConverter optionalTexts(String[] column) {
        return new OptionalColumn() {
            @Override
            public void addBinary(Binary value) {
                if (row < column.length) {
                    column[row] = value.toStringUsingUTF8();
                }
            }
        };
    }

    /** A converter is not called for a null, so the row counts. */
    private abstract static class OptionalColumn extends PrimitiveConverter {
        int row = -1;
    }

    /** Values of {@code bytesEach} bytes, one after the other. */
    public static PrimitiveConverter bytes(byte[] column, int bytesEach) {
        return new PrimitiveConverter() {
            private int at;

            @Override
            public void addBinary(Binary value) {
                if (value.length() != bytesEach) {
                    throw new IllegalStateException("a row has " + value.length() + " bytes instead of " + bytesEach);
                }
                if (at < column.length) {
                    value.toByteBuffer().get(column, at, bytesEach);
                    at += bytesEach;
                }
            }
        };
    }
}
