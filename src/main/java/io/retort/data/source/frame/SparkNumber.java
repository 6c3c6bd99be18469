package io.retort.data.source.frame;

import io.retort.data.Numbers;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.NumericType;

/** Numbers, truth values (0 and 1) and numbers that a text spells, as a row or an array of Spark holds them. */
final class SparkNumber {
    private enum Form {
        BOOLEAN,
        BYTE,
        SHORT,
        INT,
        LONG,
        FLOAT,
        DOUBLE,
        DECIMAL,
        TEXT
    }

    private final Form form;
    private final int precision;
    private final int scale;

    /** @param type of which it {@linkplain #is is} one, or of texts */
    SparkNumber(DataType type) {
        form = switch (type.typeName()) {
            case "boolean" -> Form.BOOLEAN;
            case "byte" -> Form.BYTE;
            case "short" -> Form.SHORT;
            case "integer" -> Form.INT;
            case "long" -> Form.LONG;
            case "float" -> Form.FLOAT;
            case "double" -> Form.DOUBLE;
            case "string" -> Form.TEXT;
            default -> Form.DECIMAL;
        };
        precision = type instanceof DecimalType decimal ? decimal.precision() : 0;
        scale = type instanceof DecimalType decimal ? decimal.scale() : 0;
    }

    static boolean is(DataType type) {
        return type instanceof NumericType || type instanceof BooleanType;
    }

    double value(SpecializedGetters from, int at) {
        return switch (form) {
            case BOOLEAN -> from.getBoolean(at) ? 1 : 0;
            case BYTE -> from.getByte(at);
            case SHORT -> from.getShort(at);
            case INT -> from.getInt(at);
            case LONG -> from.getLong(at);
            case FLOAT -> from.getFloat(at);
            case DOUBLE -> from.getDouble(at);
            case DECIMAL ->
                from.getDecimal(at, precision, scale).toJavaBigDecimal().doubleValue();
            case TEXT -> Numbers.parse(text(from, at));
        };
    }

    /** All digits of a number; a text as it is. */
    String written(SpecializedGetters from, int at) {
        return switch (form) {
            case LONG -> Long.toString(from.getLong(at));
            case FLOAT -> Float.toString(from.getFloat(at));
            case DOUBLE -> Double.toString(from.getDouble(at));
            case DECIMAL ->
                from.getDecimal(at, precision, scale).toJavaBigDecimal().toPlainString();
            case TEXT -> text(from, at);
            default -> Integer.toString((int) value(from, at));
        };
    }

    /**
     * Whether it is a whole number that a 32-bit float does not hold.
     *
     * @param value what it is
     */
    boolean losesDigits(SpecializedGetters from, int at, double value) {
        return switch (form) {
            case INT -> !Numbers.isFloat(from.getInt(at));
            case LONG -> !Numbers.isFloat(from.getLong(at));
            case DECIMAL ->
                scale == 0
                        && !Numbers.isFloat(
                                from.getDecimal(at, precision, scale).toJavaBigInteger());
            case TEXT -> Numbers.losesDigits(text(from, at), value);
            default -> false;
        };
    }

    /** For messages. */
    String found(SpecializedGetters from, int at) {
        if (from.isNullAt(at)) {
            return "null";
        }
        String written = written(from, at);
        return form != Form.TEXT ? written : written.isEmpty() ? "empty" : '"' + written + '"';
    }

    /** Rows of a file's cells hold texts of Java. */
    static String text(SpecializedGetters from, int at) {
        return from.get(at, DataTypes.StringType).toString();
    }
}
