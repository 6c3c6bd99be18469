package io.retort.data.source;

import io.retort.data.ClassNames;
import io.retort.data.Column;
import io.retort.data.Column.NumberColumn;
import io.retort.data.DataType;
import io.retort.data.InputEncoder;
import io.retort.data.LabelColumns;
import io.retort.data.Schema;
import io.retort.data.source.Reader.RowStream;
import io.retort.data.source.file.SourceFiles;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.data.source.frame.FileSchemas;
import io.retort.data.source.frame.FrameRows;
import io.retort.data.source.frame.FrameTypes;
import io.retort.data.source.frame.FrameValues;
import io.retort.data.source.frame.ParquetFileRows;
import io.retort.network.Shape;
import io.retort.storage.ArtifactException;
import io.retort.storage.ParquetRows;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.Type;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Parquet files, of each of which a task reads all rows in their order. Types, values and messages are those of kind
 * {@code spark}; no session is needed, so that first rows can be looked at before Spark starts.
 */
final class ParquetReader implements Reader {
    private static final long serialVersionUID = 1L;

    /**
     * What columns are taken for.
     *
     * @param id empty where ids are made of the file's name and the row
     */
    record Columns(
            String features,
            LabelColumns labels,
            String id,
            List<Column> further,
            List<Integer> shape,
            DataType element)
            implements Serializable {}

    private final List<String> paths;
    private final Columns columns;

    ParquetReader(List<String> paths, Columns columns) {
        this.paths = paths;
        this.columns = columns;
    }

    @Override
    public List<Split> splits(Storage storage) {
        return SourceFiles.splits(SourceFiles.find(storage, paths));
    }

    @Override
    public Schema schema(Storage storage, List<Split> splits) {
        boolean isEmpty = true;
        for (Split split : splits) {
            StructType types = types(storage, path(split));
            try (ParquetFileRows rows = ParquetFileRows.open(storage, path(split), types)) {
                isEmpty &= !rows.hasNext();
                Optional<Integer> length = FrameRows.firstLength(
                        rows, FrameRows.VALUES, types.apply(0).dataType());
                if (length.isPresent()) {
                    return schema(length.get());
                }
            }
        }
        throw new ArtifactException("the source has no samples: " + paths
                + (isEmpty ? " hold no rows" : " hold no row with " + columns.features()));
    }

    private Schema schema(int length) {
        Shape shape = columns.shape().isEmpty() ? Shape.vector(Math.max(1, length)) : new Shape(columns.shape());
        NumberColumn features = new NumberColumn(Schema.FEATURES, columns.element(), shape, List.of());
        List<Column> all = new ArrayList<>(List.of(features));
        all.addAll(columns.further());
        return new Schema(all, columns.labels().target(), new InputEncoder.Numbers(features));
    }

    @Override
    public List<String> header(Storage storage, Split split) {
        return footer(storage, path(split)).getFileMetaData().getSchema().getFields().stream()
                .map(Type::getName)
                .toList();
    }

    @Override
    public RowStream open(Storage storage, Split split, Schema schema) {
        StructType types = types(storage, path(split));
        ParquetFileRows file = ParquetFileRows.open(storage, path(split), types);
        try {
            return RowStream.of(new FrameRows(file, layout(path(split), schema, types)), split.firstId(), file::close);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private FrameRows.Layout layout(Path path, Schema schema, StructType types) {
        FrameValues.Columns values = new FrameValues.Columns(
                schema,
                List.of(columns.features()),
                columns.labels(),
                columns.id(),
                FrameTypes.all(types),
                null,
                false);
        return new FrameRows.Layout(path.toString(), "", values, false);
    }

    @Override
    public List<String> labels(Storage storage, Split split, int most) {
        List<String> labels = new ArrayList<>();
        forEachLabel(storage, split, most, labels::add);
        return labels;
    }

    @Override
    public long classes(Storage storage, Split split, Schema schema, long most, IntConsumer onClass) {
        ClassNames classes = ClassNames.of(schema);
        return forEachLabel(storage, split, most, label -> onClass.accept(classes.index(label)));
    }

    /** As they are written; none where labels are no classes. */
    private long forEachLabel(Storage storage, Split split, long most, Consumer<String> onLabel) {
        Optional<String> column = columns.labels().classColumn();
        if (column.isEmpty()) {
            return 0;
        }
        StructType types = types(storage, path(split));
        StructType label = new StructType(new StructField[] {types.apply(column.get())});
        try (ParquetFileRows rows = ParquetFileRows.open(storage, path(split), label)) {
            return FrameRows.forEachWritten(rows, label.apply(0).dataType(), most, onLabel);
        }
    }

    /** The footer says it. */
    @Override
    public long count(Storage storage, Split split, Schema schema) {
        return footer(storage, path(split)).getBlocks().stream()
                .mapToLong(BlockMetaData::getRowCount)
                .sum();
    }

    private static Path path(Split split) {
        return split.files().get(0).path();
    }

    private static ParquetMetadata footer(Storage storage, Path path) {
        try {
            return ParquetRows.footer(storage, path);
        } catch (ArtifactException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new ArtifactException(path + " cannot be read as Parquet: " + e.getMessage(), e);
        }
    }

    /** The columns that are wanted, in the order of a row's values, by their types in a file. */
    private StructType types(Storage storage, Path path) {
        FileSchemas.FileSchema file = FileSchemas.read(storage, FileSchemas.PARQUET, path);
        FrameTypes types = new FrameTypes(
                path.toString(),
                file.columns(),
                FileSchemas.sentences(file.unreadable()),
                FrameTypes.Remedies.OF_KIND_SPARK);
        List<String> names = new ArrayList<>(List.of(columns.features()));
        types.requireList(columns.features(), "feature", columns.element());
        types.requireLabels(columns.labels());
        names.addAll(columns.labels().columns());
        columns.further().forEach(types::requireFurther);
        columns.further().forEach(further -> names.add(further.name()));
        if (!columns.id().isEmpty()) {
            names.add(columns.id());
            types.requireWhole(columns.id());
        }
        return new StructType(names.stream().map(file.columns()::apply).toArray(StructField[]::new));
    }
}
