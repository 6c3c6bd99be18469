package io.retort.data.source;

import static org.apache.spark.sql.functions.col;

import io.retort.data.Column.NumberColumn;
import io.retort.data.Column.TextColumn;
import io.retort.data.DataType;
import io.retort.data.InputEncoder;
import io.retort.data.LabelColumns;
import io.retort.data.Schema;
import io.retort.data.encode.TableInput;
import io.retort.data.encode.TokenInput;
import io.retort.data.source.DateColumn.DatePart;
import io.retort.data.source.file.PictureDecoder;
import io.retort.data.source.file.PictureDecoder.DecodedPicture;
import io.retort.data.source.frame.FrameTypes;
import io.retort.network.Shape;
import io.retort.storage.ArtifactException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/**
 * What the columns of a DataFrame are taken for, by their names and types, and how each becomes numbers or a text.
 */
final class FrameColumns {
    private static final int MOST_DIGITS = 18;

    private final String origin;
    private final FrameSettings settings;
    private final StructType columns;
    private final FrameTypes types;

    /**
     * @param origin for messages
     * @param unreadable columns that Spark cannot read, to follow a message
     */
    FrameColumns(String origin, FrameSettings settings, StructType columns, String unreadable) {
        this.origin = origin;
        this.settings = settings;
        this.columns = columns;
        this.types = new FrameTypes(origin, columns, unreadable, FrameTypes.Remedies.SPARK);
    }

    Source.Header header() {
        return new Source.Header(origin, List.of(columns.fieldNames()), types.numbers());
    }

    /** The names of features, or of the one column that holds them all; none of texts. */
    List<String> features() {
        if (settings.text().isPresent()) {
            return List.of();
        }
        List<String> features = settings.featuresOf(header());
        if (features.isEmpty()) {
            throw new ArtifactException(origin
                    + " has no column of numbers but label and id; name the column of arrays,"
                    + " vectors or bytes in features, or make numbers in select; its columns are "
                    + types.described() + types.unreadable());
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
                && !FrameTypes.isNumber(types.of(features().get(0), "feature"));
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
        if (settings.isTable()) {
            return table(features);
        }
        return schema(new NumberColumn(Schema.FEATURES, settings.element(), shape, hasList() ? List.of() : features));
    }

    /** The rows' schema, of which networks read a column of texts. */
    Schema schema(TokenInput input) {
        List<io.retort.data.Column> all = new ArrayList<>(List.of(new TextColumn(input.column())));
        all.addAll(FurtherColumn.columns(settings.columns()));
        return new Schema(all, settings.labelColumns().target(), input);
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
        types.requireWhole(name);
        if (types.of(name, "id") instanceof DecimalType decimal && decimal.precision() > MOST_DIGITS) {
            throw types.refuseId(name);
        }
        return quoted(name).cast(DataTypes.LongType);
    }

    /** One for each, or one for all: an array, a vector, bytes, or a picture's file. */
    List<Column> featureColumns() {
        if (settings.image().isPresent()) {
            return List.of(picture(settings.image().get().column()));
        }
        if (hasList()) {
            types.requireList(features().get(0), "feature", settings.element());
            return List.of(quoted(features().get(0)));
        }
        return features().stream()
                .map(name ->
                        DatePart.named(name, settings.parts()).map(this::part).orElseGet(() -> number(name, "feature")))
                .toList();
    }

    /** Of a date, or of an instant as the zone's clock shows it. Sessions are in UTC, as are times without a zone. */
    private Column part(DatePart part) {
        org.apache.spark.sql.types.DataType type = types.of(part.column(), "date");
        boolean isInstant = type.equals(DataTypes.TimestampType);
        if (!isInstant && !type.equals(DataTypes.DateType) && !type.equals(DataTypes.TimestampNTZType)) {
            throw new ArtifactException(types.place(part.column(), "date")
                    + "a date must be a date or a timestamp; make one in select, such as" + " to_timestamp("
                    + part.column() + ", 'dd.MM.yyyy') AS " + part.column());
        }
        ZoneId zone = ZoneId.of(isInstant ? part.zone() : "UTC");
        UDF1<Long, Double> value = seconds ->
                seconds == null ? null : part.of(LocalDateTime.ofInstant(Instant.ofEpochSecond(seconds), zone));
        return functions
                .udf(value, DataTypes.DoubleType)
                .apply(functions.unix_seconds(quoted(part.column()).cast(DataTypes.TimestampType)));
    }

    private Column picture(String name) {
        org.apache.spark.sql.types.DataType type = types.of(name, "image");
        if (type instanceof BinaryType) {
            return quoted(name);
        } else if (type instanceof StructType struct
                && List.of(struct.fieldNames()).contains("bytes")
                && struct.apply("bytes").dataType() instanceof BinaryType) {
            return quoted(name).getField("bytes");
        } else if (type instanceof StructType struct && DecodedPicture.isIn(struct)) {
            UDF1<Row, byte[]> png = DecodedPicture::png;
            return functions.udf(png, DataTypes.BinaryType).apply(quoted(name));
        }
        throw new ArtifactException(types.place(name, "image")
                + "an image must be binary, a struct with binary bytes, or one of Spark's format image");
    }

    /** A text or a number for each column, or a list. */
    List<Column> labels() {
        LabelColumns labels = settings.labelColumns();
        types.requireLabels(labels);
        return labels.columns().stream().map(FrameColumns::quoted).toList();
    }

    /** A label as it is written; a truth value as 0 or 1. */
    Column label(String name) {
        boolean isTruth = types.of(name, "label").equals(DataTypes.BooleanType);
        Column label = quoted(name);
        return (isTruth ? label.cast(DataTypes.IntegerType) : label).cast(DataTypes.StringType);
    }

    /** The text, the categories, and the further columns. */
    List<Column> beside() {
        Stream<io.retort.data.Column> kept = Stream.concat(
                settings.text().stream().map(text -> new TextColumn(text.column())),
                FurtherColumn.columns(settings.columns()).stream());
        return Stream.concat(settings.categories().stream().map(this::category), kept.map(column -> {
                    types.requireFurther(column);
                    return quoted(column.name());
                }))
                .toList();
    }

    private Column category(String name) {
        org.apache.spark.sql.types.DataType type = types.of(name, "category");
        if (!FrameTypes.isNumber(type) && !(type instanceof StringType)) {
            throw new ArtifactException(types.place(name, "category")
                    + "a category must be a string, a number or a truth value; make one in select");
        }
        return quoted(name).cast(DataTypes.StringType);
    }

    private Column number(String name, String role) {
        types.requireNumber(name, role);
        return quoted(name);
    }

    /** Points and back-ticks of a name are no syntax. */
    static Column quoted(String name) {
        return col("`" + name.replace("`", "``") + "`");
    }
}
