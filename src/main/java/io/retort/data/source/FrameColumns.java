package io.retort.data.source;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;

import io.retort.data.Column.NumberColumn;
import io.retort.data.DataType;
import io.retort.data.InputEncoder;
import io.retort.data.LabelColumns;
import io.retort.data.Schema;
import io.retort.data.encode.TableInput;
import io.retort.data.source.file.PictureDecoder;
import io.retort.network.Shape;
import io.retort.storage.ArtifactException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.ml.functions$;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What the columns of a DataFrame are taken for, by their names and types, and how each becomes numbers or a text.
 */
final class FrameColumns {
    private static final Map<String, String> REMEDIES = Map.of(
            "string",
                    "make a number of it in select, such as CAST(%1$s AS DOUBLE), or of JSON a list, such as"
                            + " from_json(%1$s, 'array<double>'), or keep the text by columns",
            "date", "name its parts in dates, such as { column = %1$s, parts = [month, weekday] }",
            "timestamp", "name its parts in dates, such as { column = %1$s, parts = [weekday, hour] }",
            "timestamp_ntz", "name its parts in dates, such as { column = %1$s, parts = [weekday, hour] }",
            "struct", "take its fields in select, such as %1$s.name",
            "map", "take its values in select, such as %1$s['key']",
            "array", "make one list of numbers of it in select, such as flatten(%1$s)");

    private final String origin;
    private final FrameSettings settings;
    private final StructType columns;
    private final String unreadable;

    /**
     * @param origin for messages
     * @param unreadable columns that Spark cannot read, to follow a message
     */
    FrameColumns(String origin, FrameSettings settings, StructType columns, String unreadable) {
        this.origin = origin;
        this.settings = settings;
        this.columns = columns;
        this.unreadable = unreadable;
    }

    Source.Header header() {
        return new Source.Header(
                origin,
                List.of(columns.fieldNames()),
                Arrays.stream(columns.fields())
                        .filter(field -> isNumber(field.dataType()))
                        .map(StructField::name)
                        .toList());
    }

    /** The names of features, or of the one column that holds them all. */
    List<String> features() {
        List<String> features = settings.featuresOf(header());
        if (features.isEmpty()) {
            throw new ArtifactException(origin
                    + " has no column of numbers but label and id; name the column of arrays,"
                    + " vectors or bytes in features, or make numbers in select; its columns are " + described()
                    + unreadable);
        }
        settings.parts().stream()
                .filter(part -> List.of(columns.fieldNames()).contains(part.name()))
                .findFirst()
                .ifPresent(part -> {
                    throw new ArtifactException(origin + " has a column " + part.name() + ", as the part of the date "
                            + part.column() + " is called; rename it in select");
                });
        return features;
    }

    private boolean isPart(String feature) {
        return DatePart.named(feature, settings.parts()).isPresent();
    }

    /** Whether one column holds all features. */
    boolean hasList() {
        return features().size() == 1
                && !isPart(features().get(0))
                && !isNumber(field(features().get(0), "feature").dataType());
    }

    boolean hasBytes() {
        return settings.image().isEmpty()
                && hasList()
                && field(features().get(0), "feature").dataType() instanceof BinaryType;
    }

    /** Whether a feature, or each of a list, is a whole number. */
    List<Boolean> areWhole() {
        return features().stream()
                .map(name -> !isPart(name) && isWhole(field(name, "feature").dataType()))
                .toList();
    }

    /**
     * The rows' schema.
     *
     * @param length of the list of features, where one column holds them
     */
    Schema schema(int length) {
        if (settings.image().isPresent()) {
            PictureDecoder decoder = settings.image().get().decoder();
            return schema(new NumberColumn(Schema.FEATURES, DataType.UINT8, decoder.shape(), List.of()));
        }
        List<String> features = features();
        int count = hasList() ? length : features.size();
        Shape shape = settings.shape().isEmpty() ? Shape.vector(Math.max(1, count)) : new Shape(settings.shape());
        if (!hasList() && shape.elements() != count) {
            throw new ArtifactException(origin + " has " + count + " feature columns, but shape " + settings.shape()
                    + " needs " + shape.elements());
        }
        if (hasBytes() && settings.element() != DataType.UINT8) {
            throw new ArtifactException(
                    origin + " column " + features.get(0) + " is binary, each byte of which is a number"
                            + " from 0 to 255; write element = uint8 if that is meant, or store other numbers as an array");
        }
        if (settings.isTable()) {
            return table(features);
        }
        return schema(new NumberColumn(Schema.FEATURES, settings.element(), shape, hasList() ? List.of() : features));
    }

    private Schema schema(NumberColumn column) {
        List<io.retort.data.Column> all = new ArrayList<>(List.of(column));
        all.addAll(FurtherColumn.columns(settings.columns()));
        return new Schema(all, settings.labelColumns().target(), new InputEncoder.Numbers(column));
    }

    private Schema table(List<String> features) {
        if (hasList()) {
            throw new ArtifactException(origin + " column " + features.get(0)
                    + " holds all features, which have no names; categories and missing = keep need a column for each"
                    + " feature, as select makes them: " + features.get(0) + "[0] AS a");
        }
        TableInput input = TableInput.unfitted(features, settings.categories());
        List<io.retort.data.Column> all = new ArrayList<>(input.rowColumns());
        all.addAll(FurtherColumn.columns(settings.columns()));
        return new Schema(all, settings.labelColumns().target(), input);
    }

    /** The id as a long. */
    Column id(String name) {
        org.apache.spark.sql.types.DataType type = field(name, "id").dataType();
        boolean isLong = isWhole(type) && (!(type instanceof DecimalType decimal) || decimal.precision() <= 18);
        if (!isLong) {
            throw new ArtifactException(place(name, type)
                    + "an id must be a whole number of at most 64 bits; make one in select, such as CAST(" + name
                    + " AS BIGINT) or xxhash64(" + name + ") AS id");
        }
        return quoted(name).cast(DataTypes.LongType);
    }

    /** An array of doubles, or bytes: numbers, or a picture's file. */
    Column featureList() {
        if (settings.image().isPresent()) {
            return picture(settings.image().get().column());
        }
        List<String> features = features();
        return hasList()
                ? list(features.get(0), "feature")
                : array(features.stream()
                        .map(name -> DatePart.named(name, settings.parts())
                                .map(this::part)
                                .orElseGet(() -> number(name, "feature")))
                        .toArray(Column[]::new));
    }

    /** Of a date, or of an instant as the zone's clock shows it. Sessions are in UTC, as are times without a zone. */
    private Column part(DatePart part) {
        org.apache.spark.sql.types.DataType type = field(part.column(), "date").dataType();
        boolean isInstant = type.equals(DataTypes.TimestampType);
        if (!isInstant && !type.equals(DataTypes.DateType) && !type.equals(DataTypes.TimestampNTZType)) {
            throw new ArtifactException(
                    place(part.column(), type) + "a date must be a date or a timestamp; make one in select, such as"
                            + " to_timestamp(" + part.column() + ", 'dd.MM.yyyy') AS " + part.column());
        }
        ZoneId zone = ZoneId.of(isInstant ? part.zone() : "UTC");
        UDF1<Long, Double> value = seconds ->
                seconds == null ? null : part.of(LocalDateTime.ofInstant(Instant.ofEpochSecond(seconds), zone));
        return functions
                .udf(value, DataTypes.DoubleType)
                .apply(functions.unix_seconds(quoted(part.column()).cast(DataTypes.TimestampType)));
    }

    private Column picture(String name) {
        org.apache.spark.sql.types.DataType type = field(name, "image").dataType();
        if (type instanceof BinaryType) {
            return quoted(name);
        } else if (type instanceof StructType struct
                && List.of(struct.fieldNames()).contains("bytes")
                && struct.apply("bytes").dataType() instanceof BinaryType) {
            return quoted(name).getField("bytes");
        }
        throw new ArtifactException(place(name, type)
                + "an image must be binary, or a struct with binary bytes; Spark's format image has decoded pictures,"
                + " binaryFile has their files in the column content");
    }

    /** A text or a number for each column, or an array of doubles. */
    List<Column> labels() {
        LabelColumns labels = settings.labelColumns();
        return labels.columns().stream()
                .map(name -> labels.isList()
                        ? list(name, "label")
                        : isText(name, "label") ? quoted(name) : number(name, "label"))
                .toList();
    }

    /** The categories, and the further columns. */
    List<Column> beside() {
        return Stream.concat(settings.categories().stream().map(this::category), further())
                .toList();
    }

    private Column category(String name) {
        org.apache.spark.sql.types.DataType type = field(name, "category").dataType();
        if (!isNumber(type) && !(type instanceof StringType)) {
            throw new ArtifactException(
                    place(name, type) + "a category must be a string, a number or a truth value; make one in select");
        }
        return quoted(name).cast(DataTypes.StringType);
    }

    private Stream<Column> further() {
        return settings.columns().stream().map(column -> {
            if (column.type() == FurtherColumn.Type.TEXT) {
                return text(column.name());
            }
            return column.width().isPresent() ? list(column.name(), "number") : array(number(column.name(), "number"));
        });
    }

    boolean isText(String name, String role) {
        return field(name, role).dataType() instanceof StringType;
    }

    private Column text(String name) {
        if (!isText(name, "text")) {
            throw new ArtifactException(place(name, field(name, "text").dataType())
                    + "a text must be a string; make one in select, such as CAST(" + name + " AS STRING) AS " + name);
        }
        return quoted(name);
    }

    private Column number(String name, String role) {
        org.apache.spark.sql.types.DataType type = field(name, role).dataType();
        if (!isNumber(type)) {
            throw refuse(name, role, type);
        }
        return quoted(name).cast(DataTypes.DoubleType);
    }

    private Column list(String name, String role) {
        org.apache.spark.sql.types.DataType type = field(name, role).dataType();
        if (type instanceof BinaryType && role.equals("feature")) {
            return quoted(name);
        } else if (type.equals(SQLDataTypes.VectorType())) {
            return functions$.MODULE$.vector_to_array(quoted(name), "float64");
        } else if (type instanceof ArrayType array && isNumber(array.elementType())) {
            return quoted(name).cast(DataTypes.createArrayType(DataTypes.DoubleType));
        }
        throw refuse(name, role, type);
    }

    private ArtifactException refuse(String name, String role, org.apache.spark.sql.types.DataType type) {
        String remedy = REMEDIES.getOrDefault(type.typeName(), "make a number of it in select, or leave it out");
        return new ArtifactException(
                place(name, type) + "a " + role + " must be a number or a truth value, an array of such,"
                        + " a Spark ML vector or (with element = uint8) bytes; " + String.format(remedy, name));
    }

    private String place(String name, org.apache.spark.sql.types.DataType type) {
        return origin + " column " + name + " is of type " + type.sql().toLowerCase(java.util.Locale.ROOT) + ": ";
    }

    private StructField field(String name, String role) {
        return Optional.of(name)
                .filter(List.of(columns.fieldNames())::contains)
                .map(known -> columns.apply(known))
                .orElseThrow(() -> new ArtifactException(origin + " has no column " + name + " for the " + role
                        + "; its columns are " + described() + unreadable));
    }

    private List<String> described() {
        return Arrays.stream(columns.fields())
                .limit(20)
                .map(field -> field.name() + " (" + field.dataType().typeName() + ")")
                .toList();
    }

    /** Points and back-ticks of a name are no syntax. */
    static Column quoted(String name) {
        return col("`" + name.replace("`", "``") + "`");
    }

    private static boolean isNumber(org.apache.spark.sql.types.DataType type) {
        return type instanceof NumericType || type instanceof BooleanType;
    }

    private static boolean isWhole(org.apache.spark.sql.types.DataType type) {
        if (type instanceof ArrayType array) {
            return isWhole(array.elementType());
        }
        return type instanceof DecimalType decimal
                ? decimal.scale() <= 0
                : type instanceof NumericType && !(type instanceof FloatType) && !(type instanceof DoubleType);
    }
}
