package io.retort.data.source.parquet;

import io.retort.data.Column;
import io.retort.data.Column.NumberColumn;
import io.retort.data.DataType;
import io.retort.data.LabelColumns;
import io.retort.storage.ArtifactException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;

/**
 * Where the row of a Parquet file that is being read is put.
 *
 * @param labels one for each column of a label's values; none where a list has them, or no row has a label
 * @param labelList the column of all of a label's values
 * @param further one for each further column
 * @param fields what fills the columns after that of the features
 */
public record ParquetSample(
        MessageType projection,
        ParquetFeatures features,
        List<ParquetScalar> labels,
        Optional<ParquetFeatures> labelList,
        ParquetScalar id,
        List<Field> further,
        List<Field> fields) {
    /** What a column of the row is put into. */
    public interface Field {
        void clear();

        Converter converter();
    }

    private static final Type NOTHING = Types.optional(PrimitiveTypeName.INT64).named("nothing");

    /** Finds the columns in a file, and refuses one that has none or others of that name. */
    public static ParquetSample of(
            Path path, MessageType file, String features, LabelColumns labels, List<String> id, List<Column> further) {
        List<Type> columns = new ArrayList<>();
        columns.add(column(path, file, features));
        List<Field> fields = new ArrayList<>();
        Optional<ParquetFeatures> list = labels.isList()
                ? Optional.of(
                        labelList(path, column(path, file, labels.columns().get(0)), columns, fields))
                : Optional.empty();
        List<ParquetScalar> values = (list.isPresent() ? List.<String>of() : labels.columns())
                .stream()
                        .map(name -> scalar(List.of(label(path, file, name, labels.kind())), columns, fields))
                        .toList();
        ParquetScalar ids =
                scalar(id.stream().map(name -> ids(path, file, name)).toList(), columns, fields);
        List<Field> others = further.stream()
                .map(column -> further(path, file, column, columns, fields))
                .toList();
        return new ParquetSample(
                new MessageType(file.getName(), columns),
                ParquetFeatures.of(columns.get(0))
                        .orElseThrow(() -> new ArtifactException(path + " column " + features
                                + " must be an array of numbers, a Spark ML vector or binary, but is "
                                + described(columns.get(0)) + ParquetRemedy.of(columns.get(0)))),
                values,
                list,
                ids,
                others,
                fields);
    }

    /** The value of a column that may not be there; it is absent then. */
    private static ParquetScalar scalar(List<Type> type, List<Type> columns, List<Field> fields) {
        ParquetScalar scalar = new ParquetScalar(type.isEmpty() ? NOTHING : type.get(0));
        type.forEach(present -> {
            columns.add(present);
            fields.add(scalar);
        });
        return scalar;
    }

    private static ParquetFeatures labelList(Path path, Type column, List<Type> columns, List<Field> fields) {
        ParquetFeatures list = ParquetFeatures.of(column)
                .filter(found -> !found.isBytes())
                .orElseThrow(() -> new ArtifactException(path + " column " + column.getName()
                        + " must be an array of numbers, a label each, but is " + described(column)
                        + "; if there is a column for each, name them in labels"));
        columns.add(column);
        fields.add(list);
        return list;
    }

    private static Type label(Path path, MessageType file, String name, LabelColumns.Kind kind) {
        Type label = column(path, file, name);
        boolean isClass = kind == LabelColumns.Kind.CLASS;
        if (isClass ? !ParquetNumber.is(label) && !isText(label) : !ParquetFeatures.isNumber(label)) {
            throw new ArtifactException(
                    path + " column " + name + " must be of " + (isClass ? "whole numbers or text" : "numbers")
                            + ", but is " + described(label) + ParquetRemedy.of(label));
        }
        return label;
    }

    private static Field further(Path path, MessageType file, Column wanted, List<Type> columns, List<Field> fields) {
        Type type = column(path, file, wanted.name());
        if (wanted instanceof NumberColumn numbers && !isSingle(type)) {
            Optional<ParquetFeatures> array =
                    ParquetFeatures.of(type).filter(found -> !found.isBytes() || numbers.element() == DataType.UINT8);
            if (array.isPresent()) {
                columns.add(type);
                fields.add(array.get());
                return array.get();
            }
        }
        boolean text = wanted instanceof Column.TextColumn;
        boolean single = text || ((NumberColumn) wanted).shape().elements() == 1;
        if (!(text ? isText(type) : single && ParquetNumber.is(type))) {
            throw new ArtifactException(path + " column " + wanted.name() + " must be of "
                    + (text ? "text" : single ? "numbers" : "arrays of numbers, for it has a width") + ", but is "
                    + described(type) + ParquetRemedy.of(type));
        }
        return scalar(List.of(type), columns, fields);
    }

    private static boolean isSingle(Type type) {
        return ParquetNumber.is(type) && !type.isRepetition(Repetition.REPEATED);
    }

    private static Type ids(Path path, MessageType file, String name) {
        Type ids = column(path, file, name);
        if (!ParquetNumber.isWhole(ids)) {
            throw new ArtifactException(
                    path + " column " + name + " must be of whole numbers, but is " + described(ids));
        }
        return ids;
    }

    public GroupConverter converter() {
        return new GroupConverter() {
            @Override
            public Converter getConverter(int index) {
                return index == 0 ? features.converter() : fields.get(index - 1).converter();
            }

            @Override
            public void start() {
                features.clear();
                labels.forEach(ParquetScalar::clear);
                labelList.ifPresent(ParquetFeatures::clear);
                id.clear();
                further.forEach(Field::clear);
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
