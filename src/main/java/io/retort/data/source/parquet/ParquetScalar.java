package io.retort.data.source.parquet;

import io.retort.data.LabelValues;
import java.math.BigInteger;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.Type;

/** The value of a row in a column of numbers or text. */
public final class ParquetScalar implements ParquetSample.Field {
    private enum Found {
        NOTHING,
        NUMBER,
        WHOLE,
        WIDE,
        TEXT
    }

    private final PrimitiveConverter converter;
    private Found found = Found.NOTHING;
    private double number;
    private long whole;
    private String text = "";

    /** @param type of {@linkplain ParquetFeatures#isNumber numbers}, truth values among them, or of text */
    ParquetScalar(Type type) {
        this.converter = ParquetFeatures.isNumber(type) ? new Numbers(type) : new Texts();
    }

    @Override
    public void clear() {
        found = Found.NOTHING;
    }

    /** Whether there is none: null, or no column. */
    public boolean isAbsent() {
        return found == Found.NOTHING;
    }

    /** Whether it is a whole number of at most 64 bits, one of them for the sign. */
    public boolean isLong() {
        return found == Found.WHOLE;
    }

    public long asLong() {
        return whole;
    }

    /** As a number; not-a-number where it is none, or of more than 64 bits. */
    public double asDouble() {
        return switch (found) {
            case NUMBER -> number;
            case WHOLE -> whole;
            default -> Double.NaN;
        };
    }

    /** The value of a label that it stands for; not-a-number if none. */
    public float label(LabelValues values) {
        return switch (found) {
            case NOTHING, WIDE -> Float.NaN;
            case NUMBER -> values.value(number);
            case WHOLE -> values.value((double) whole);
            case TEXT -> values.value(text);
        };
    }

    /** As a text, empty where there is nothing. */
    public String written() {
        return switch (found) {
            case NOTHING -> "";
            case NUMBER -> Double.toString(number);
            case WHOLE -> Long.toString(whole);
            case WIDE, TEXT -> text;
        };
    }

    /** For messages. */
    public String found() {
        return switch (found) {
            case NOTHING -> "null";
            case TEXT -> "\"" + text + "\"";
            default -> written();
        };
    }

    @Override
    public PrimitiveConverter converter() {
        return converter;
    }

    private final class Numbers extends ParquetNumber {
        Numbers(Type type) {
            super(type);
        }

        @Override
        void whole(long value) {
            whole = value;
            found = Found.WHOLE;
        }

        @Override
        void wide(BigInteger value) {
            text = value.toString();
            found = Found.WIDE;
        }

        @Override
        void real(double value) {
            number = value;
            found = Found.NUMBER;
        }
    }

    private final class Texts extends PrimitiveConverter {
        @Override
        public void addBinary(Binary value) {
            text = value.toStringUsingUTF8();
            found = Found.TEXT;
        }
    }
}
