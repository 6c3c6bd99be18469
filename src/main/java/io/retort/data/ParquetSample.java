package io.retort.data;

import io.retort.storage.ArtifactException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** Where the row of a Parquet file that is being read is put. */
record ParquetSample(MessageType projection, ParquetFeatures features, ParquetScalar label, ParquetScalar id) {
    /** Finds the columns in a file, and refuses one that has none or others of that name. */
    static ParquetSample of(Path path, MessageType file, String features, String label, List<String> id) {
        List<Type> columns = new ArrayList<>();
        columns.add(column(path, file, features));
        columns.add(column(path, file, label));
        Type labels = columns.get(1);
        if (!ParquetNumber.is(labels) && !isText(labels)) {
            throw new ArtifactException(path + " column " + label + " must be of whole numbers or text, but is "
                    + described(labels) + ParquetRemedy.of(labels));
        }
        for (String name : id) {
            Type ids = column(path, file, name);
            if (!ParquetNumber.isWhole(ids)) {
                throw new ArtifactException(
                        path + " column " + name + " must be of whole numbers, but is " + described(ids));
            }
            columns.add(ids);
        }
        return new ParquetSample(
                new MessageType(file.getName(), columns),
                ParquetFeatures.of(columns.get(0))
                        .orElseThrow(() -> new ArtifactException(path + " column " + features
                                + " must be an array of numbers, a Spark ML vector or binary, but is "
                                + described(columns.get(0)) + ParquetRemedy.of(columns.get(0)))),
                new ParquetScalar(labels),
                new ParquetScalar(columns.get(columns.size() - 1)));
    }

    GroupConverter converter() {
        return new GroupConverter() {
            @Override
            public Converter getConverter(int index) {
                return switch (index) {
                    case 0 -> features.converter();
                    case 1 -> label.converter();
                    default -> id.converter();
                };
            }

            @Override
            public void start() {
                features.clear();
                label.clear();
                id.clear();
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
