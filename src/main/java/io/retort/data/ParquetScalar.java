package io.retort.data;

import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.PrimitiveConverter;

/** The value of a row in a column of numbers or text. */
final class ParquetScalar {
    private enum Found {
        NOTHING,
        NUMBER,
        WHOLE,
        TEXT
    }

    private Found found = Found.NOTHING;
    private double number;
    private long whole;
    private String text = "";

    void clear() {
        found = Found.NOTHING;
    }

    boolean isPresent() {
        return found != Found.NOTHING;
    }

    long asLong() {
        return whole;
    }

    /** The class that it stands for, −1 if none. */
    int index(ClassNames classes) {
        return switch (found) {
            case NOTHING -> -1;
            case NUMBER -> classes.index(number);
            case WHOLE -> classes.index((double) whole);
            case TEXT -> classes.index(text);
        };
    }

    /** As a text, empty where there is nothing. */
    String written() {
        return switch (found) {
            case NOTHING -> "";
            case NUMBER -> Double.toString(number);
            case WHOLE -> Long.toString(whole);
            case TEXT -> text;
        };
    }

    /** For messages. */
    String found() {
        return switch (found) {
            case NOTHING -> "null";
            case NUMBER -> Double.toString(number);
            case WHOLE -> Long.toString(whole);
            case TEXT -> "\"" + text + "\"";
        };
    }

    PrimitiveConverter converter() {
        return new PrimitiveConverter() {
            @Override
            public void addInt(int value) {
                addLong(value);
            }

            @Override
            public void addLong(long value) {
                whole = value;
                found = Found.WHOLE;
            }

            @Override
            public void addFloat(float value) {
                addDouble(value);
            }

            @Override
            public void addDouble(double value) {
                number = value;
                found = Found.NUMBER;
            }

            @Override
            public void addBinary(Binary value) {
                text = value.toStringUsingUTF8();
                found = Found.TEXT;
            }
        };
    }
}
