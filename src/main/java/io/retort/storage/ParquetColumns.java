package io.retort.storage;

import java.util.Arrays;
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
                    if (column instanceof OptionalInts optional) {
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

    public static PrimitiveConverter ints(int[] column) {
        return new PrimitiveConverter() {
            private int row;

            @Override
            public void addInt(int value) {
                if (row < column.length) {
                    column[row++] = value;
                }
            }
        };
    }

    /** Values of an optional column; a row without one gets {@code absent}. */
    public static PrimitiveConverter optionalInts(int[] column, int absent) {
        Arrays.fill(column, absent);
        return new OptionalInts(column);
    }

    /** A converter is not called for a null, so the row records its place. */
    private static final class OptionalInts extends PrimitiveConverter {
        private final int[] column;
        private int row = -1;

        OptionalInts(int[] column) {
            this.column = column;
        }

        @Override
        public void addInt(int value) {
            if (row < column.length) {
                column[row] = value;
            }
        }
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
