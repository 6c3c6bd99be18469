package io.retort.data.source.frame;

import io.retort.data.Column;
import io.retort.data.Column.NumberColumn;
import io.retort.data.DataType;
import io.retort.data.LabelColumns;
import io.retort.storage.ArtifactException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The types of columns, held against what columns are taken for. What does not fit is refused by column and type.
 *
 * @param origin for messages
 * @param unreadable columns that Spark cannot read, to follow a message about one that is not there
 * @param remedies of whom a message gives advice
 */
public record FrameTypes(String origin, StructType columns, String unreadable, Remedies remedies) {
    /** What those who are refused can write. */
    public enum Remedies {
        /** The settings of kind {@code spark}. */
        SPARK(""),
        /** Another kind, which has these settings. */
        OF_KIND_SPARK("with kind = spark, ");

        private final String lead;

        Remedies(String lead) {
            this.lead = lead;
        }
    }

    private static final String LABEL = "label";
    /** The role of further columns that hold several numbers. */
    private static final String WIDE = "column with a width";

    private static final String VECTOR = "struct<type:tinyint,size:int,indices:array<int>,values:array<double>>";

    private static final Map<String, String> ADVICE = Map.of(
            "string",
                    "make a number of it in select, such as CAST(%1$s AS DOUBLE), or of JSON a list, such as"
                            + " from_json(%1$s, 'array<double>'), or keep the text by columns",
            "array of string", "make numbers of its values in select, such as CAST(%1$s AS ARRAY<DOUBLE>)",
            "array of date", "make numbers of its values in select, such as transform(%1$s, x -> month(x))",
            "array of timestamp", "make numbers of its values in select, such as transform(%1$s, x -> hour(x))",
            "array of array of numbers", "make one list of numbers of it in select, such as flatten(%1$s)",
            "array of numbers", "take one of its values in select, such as %1$s[0]",
            "date", "name its parts in dates, such as { column = %1$s, parts = [month, weekday] }",
            "timestamp", "name its parts in dates, such as { column = %1$s, parts = [weekday, hour] }",
            "struct",
                    "take its fields in select, such as %1$s.name, or name it in image, where its bytes are picture files",
            "map", "take its values in select, such as %1$s['key']");

    private static final Map<String, String> NUMBERS = Map.of(
            "feature",
            "put the columns of numbers into one array column, in Spark with array(a, b, ...), or let kind = spark"
                    + " read a column for each feature",
            "label",
            "name the columns of a label's values in labels",
            WIDE,
            "leave out width, for it is one number");

    /** Those of all columns, in their order. */
    public static List<org.apache.spark.sql.types.DataType> all(StructType columns) {
        return Arrays.stream(columns.fields()).map(StructField::dataType).toList();
    }

    /** What a column of the name holds, for the role. */
    public org.apache.spark.sql.types.DataType of(String name, String role) {
        return Optional.of(name)
                .filter(List.of(columns.fieldNames())::contains)
                .map(known -> columns.apply(known).dataType())
                .orElseThrow(() -> new ArtifactException(origin + " has no column " + name + " for the " + role
                        + "; its columns are " + described() + unreadable));
    }

    /** A number or a truth value. */
    public void requireNumber(String name, String role) {
        if (!isNumber(of(name, role))) {
            throw refuse(name, role, "a number or a truth value");
        }
    }

    /** An array of numbers or truth values, or a Spark ML vector. */
    private void requireList(String name, String role) {
        if (!isList(of(name, role))) {
            throw refuse(name, role, "an array of numbers or truth values, or a Spark ML vector");
        }
    }

    /** The same, or bytes, where they may be numbers. */
    public void requireList(String name, String role, DataType element) {
        org.apache.spark.sql.types.DataType type = of(name, role);
        if (type instanceof BinaryType && element != DataType.UINT8) {
            throw new ArtifactException(origin + " column " + name
                    + " is binary, each byte of which is a number from 0 to 255, but element is "
                    + element.name().toLowerCase(Locale.ROOT)
                    + "; write element = uint8 if that is meant, or store other numbers as an array,"
                    + " such as array<float>");
        } else if (!(type instanceof BinaryType) && !isList(type)) {
            String one =
                    remedies == Remedies.SPARK ? "a number or a truth value, an array of such" : "an array of numbers";
            throw refuse(name, role, one + ", a Spark ML vector or (with element = uint8) bytes");
        }
    }

    /** A text. */
    private void requireText(String name) {
        if (!isText(name, "text")) {
            throw new ArtifactException(place(name, "text") + "a text must be a string; " + remedies.lead
                    + "make one in select, such as CAST(" + name + " AS STRING) AS " + name);
        }
    }

    private boolean isText(String name, String role) {
        return of(name, role) instanceof StringType;
    }

    /** Labels: an array, or a number or a text in each column. */
    public void requireLabels(LabelColumns labels) {
        for (String name : labels.columns()) {
            if (labels.isList()) {
                requireList(name, LABEL);
            } else if (!isText(name, LABEL) && !isNumber(of(name, LABEL))) {
                throw refuse(name, LABEL, "a number, a truth value or a text");
            }
        }
    }

    /** A column that rows keep beside the features. */
    public void requireFurther(Column column) {
        org.apache.spark.sql.types.DataType type = of(column.name(), WIDE);
        if (!(column instanceof NumberColumn numbers)) {
            requireText(column.name());
        } else if (numbers.shape().elements() > 1 || isList(type) || type instanceof BinaryType) {
            requireList(column.name(), WIDE, numbers.element());
        } else {
            requireNumber(column.name(), "number");
        }
    }

    /** A whole number. */
    public void requireWhole(String name) {
        if (!isWhole(of(name, "id"))) {
            throw refuseId(name);
        }
    }

    /** Why a column cannot hold ids. */
    public ArtifactException refuseId(String name) {
        return new ArtifactException(place(name, "id") + "an id must be a whole number of at most 64 bits; "
                + remedies.lead + "make one in select, such as CAST(" + name + " AS BIGINT) or xxhash64(" + name
                + ") AS id");
    }

    private ArtifactException refuse(String name, String role, String allowed) {
        org.apache.spark.sql.types.DataType type = of(name, role);
        String advice = isNumber(type)
                ? NUMBERS.get(role)
                : remedies.lead
                        + String.format(
                                ADVICE.getOrDefault(key(type), "make numbers of it in select, or leave it out"), name);
        return new ArtifactException(place(name, role) + "a " + role + " must be " + allowed + "; " + advice);
    }

    private static String key(org.apache.spark.sql.types.DataType type) {
        if (type instanceof ArrayType array) {
            return "array of " + (isNumber(array.elementType()) ? "numbers" : key(array.elementType()));
        }
        return type.typeName().replace("_ntz", "");
    }

    /** Where a column is and its type, for messages. */
    public String place(String name, String role) {
        return origin + " column " + name + " is of type "
                + of(name, role).sql().toLowerCase(Locale.ROOT) + ": ";
    }

    /** The first columns, for messages. */
    public List<String> described() {
        return Arrays.stream(columns.fields())
                .limit(20)
                .map(field -> field.name() + " (" + field.dataType().typeName() + ")")
                .toList();
    }

    /** The columns of numbers. */
    public List<String> numbers() {
        return Arrays.stream(columns.fields())
                .filter(field -> isNumber(field.dataType()))
                .map(StructField::name)
                .toList();
    }

    public static boolean isNumber(org.apache.spark.sql.types.DataType type) {
        return SparkNumber.is(type);
    }

    private static boolean isList(org.apache.spark.sql.types.DataType type) {
        return isVector(type) || (type instanceof ArrayType array && isNumber(array.elementType()));
    }

    /** Other writers than Spark keep the fields of a vector, and not that they are one. */
    private static boolean isVector(org.apache.spark.sql.types.DataType type) {
        return type.equals(SQLDataTypes.VectorType()) || type.catalogString().equals(VECTOR);
    }

    public static boolean isWhole(org.apache.spark.sql.types.DataType type) {
        return type instanceof DecimalType decimal
                ? decimal.scale() <= 0
                : type instanceof NumericType && !(type instanceof FloatType) && !(type instanceof DoubleType);
    }
}
