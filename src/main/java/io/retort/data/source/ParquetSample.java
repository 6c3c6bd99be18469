package io.retort.data.source;

import io.retort.storage.ArtifactException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * Where the row of a Parquet file that is being read is put.
 *
 * @param further one for each further column
 * @param scalars what fills label, id and further columns, of those that there are
 */
record ParquetSample(
        MessageType projection,
        ParquetFeatures features,
        ParquetScalar label,
        ParquetScalar id,
        List<ParquetScalar> further,
        List<PrimitiveConverter> scalars) {
    private static final Type NOTHING = Types.optional(PrimitiveTypeName.INT64).named("nothing");

    /** Finds the columns in a file, and refuses one that has none or others of that name. */
    static ParquetSample of(
            Path path,
            MessageType file,
            String features,
            List<String> label,
            List<String> id,
            List<FurtherColumn> further) {
        List<Type> columns = new ArrayList<>();
        columns.add(column(path, file, features));
        List<PrimitiveConverter> scalars = new ArrayList<>();
        ParquetScalar labels =
                scalar(label.stream().map(name -> labels(path, file, name)).toList(), columns, scalars);
        ParquetScalar ids =
                scalar(id.stream().map(name -> ids(path, file, name)).toList(), columns, scalars);
        List<ParquetScalar> others = further.stream()
                .map(column -> scalar(List.of(further(path, file, column)), columns, scalars))
                .toList();
        return new ParquetSample(
                new MessageType(file.getName(), columns),
                ParquetFeatures.of(columns.get(0))
                        .orElseThrow(() -> new ArtifactException(path + " column " + features
                                + " must be an array of numbers, a Spark ML vector or binary, but is "
                                + described(columns.get(0)) + ParquetRemedy.of(columns.get(0)))),
                labels,
                ids,
                others,
                scalars);
    }

    /** The value of a column that may not be there; it is absent then. */
    private static ParquetScalar scalar(List<Type> type, List<Type> columns, List<PrimitiveConverter> converters) {
        ParquetScalar scalar = new ParquetScalar(type.isEmpty() ? NOTHING : type.get(0));
        type.forEach(present -> {
            columns.add(present);
            converters.add(scalar.converter());
        });
        return scalar;
    }

    private static Type labels(Path path, MessageType file, String name) {
        Type labels = column(path, file, name);
        if (!ParquetNumber.is(labels) && !isText(labels)) {
            throw new ArtifactException(path + " column " + name + " must be of whole numbers or text, but is "
                    + described(labels) + ParquetRemedy.of(labels));
        }
        return labels;
    }

    private static Type further(Path path, MessageType file, FurtherColumn wanted) {
        Type type = column(path, file, wanted.name());
        boolean text = wanted.type() == FurtherColumn.Type.TEXT;
        if (!(text ? isText(type) : ParquetNumber.is(type))) {
            throw new ArtifactException(path + " column " + wanted.name() + " must be of " + (text ? "text" : "numbers")
                    + ", but is " + described(type) + ParquetRemedy.of(type));
        }
        return type;
    }

    private static Type ids(Path path, MessageType file, String name) {
        Type ids = column(path, file, name);
        if (!ParquetNumber.isWhole(ids)) {
            throw new ArtifactException(
                    path + " column " + name + " must be of whole numbers, but is " + described(ids));
        }
        return ids;
    }

    GroupConverter converter() {
        return new GroupConverter() {
            @Override
            public Converter getConverter(int index) {
                return index == 0 ? features.converter() : scalars.get(index - 1);
            }

            @Override
            public void start() {
                features.clear();
                label.clear();
                id.clear();
                further.forEach(ParquetScalar::clear);
            }

            @Override
            public void end() {}
        };
    }

    private static Type column(Path path, MessageType file, String name) {
        if (!file.containsField(name)) {
            throw new ArtifactException(path + " has no column " + name + "; its columns are "
                    + file.getFields().stream().map(Type::getName).toList());
        }
        return file.getType(name);
    }

    private static boolean isText(Type type) {
        return type.isPrimitive()
                && (type.getLogicalTypeAnnotation() instanceof StringLogicalTypeAnnotation
                        || type.getLogicalTypeAnnotation() instanceof EnumLogicalTypeAnnotation);
    }

    private static String described(Type type) {
        return type.toString().replaceAll("\\s+", " ");
    }
}
