package io.retort.data.source;

import io.retort.config.Binder.SingleValue;
import io.retort.config.FilePaths.FilePath;
import io.retort.data.Column;
import io.retort.data.Column.NumberColumn;
import io.retort.data.DataType;
import io.retort.data.InputEncoder;
import io.retort.data.LabelColumns;
import io.retort.data.LabelValues;
import io.retort.data.Numbers;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.source.file.SourceFiles;
import io.retort.data.source.file.Split;
import io.retort.data.source.parquet.ParquetFeatures;
import io.retort.data.source.parquet.ParquetSample;
import io.retort.data.source.parquet.ParquetScalar;
import io.retort.network.Shape;
import io.retort.storage.ArtifactException;
import io.retort.storage.ParquetRows;
import io.retort.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.ParquetDecodingException;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * Parquet files: a column of features (an array of numbers, a Spark ML vector or bytes), and perhaps a label column, an
 * id column and further ones.
 */
public final class ParquetReader implements Reader {
    private static final long serialVersionUID = 1L;

    /**
     * Kind {@code parquet}.
     *
     * @param paths files, patterns or directories; sorted by name within each entry
     * @param features an array of numbers, a Spark ML vector (dense or sparse), or binary, of which each byte is a
     *     value from 0 to 255
     * @param label the column of class indices, class names or numbers, or of an array of numbers; null where a row has
     *     none; nothing where no row has a label, or {@code labels} has the columns
     * @param id the column of whole numbers that tell the samples apart; without one, the file's name and the row do
     * @param columns further ones, of numbers, texts or, with a width, arrays of numbers
     * @param shape what the features make up, for instance {@code [3, 32, 32]}; none for a vector as long as the first
     *     one
     * @param element how features are stored; for binary it must be {@code uint8}
     * @param classes how many classes there are; needless beside their names
     * @param classNames by class index
     * @param limit only the first so many samples
     * @param target what a label is; a class where nothing is said
     * @param labels the columns of a label's values, all of them null where a row has no label
     */
    public record Settings(
            @FilePath List<String> paths,

            @SingleValue(
                    insteadOfList =
                            "put the columns of numbers into one array column, in Spark with array(a, b, ...), or write"
                                    + " CSV, whose features is a list of columns")
            String features,

            Optional<String> label,
            Optional<String> id,
            List<FurtherColumn> columns,
            List<Integer> shape,
            DataType element,
            Optional<Integer> classes,
            List<String> classNames,
            Optional<Long> limit,
            Optional<LabelColumns.Kind> target,
            Optional<List<String>> labels)
            implements FileSource.Settings {
        public Settings {
            paths = List.copyOf(paths);
            columns = List.copyOf(columns);
            shape = List.copyOf(shape);
            classNames = List.copyOf(classNames);
            SettingsChecks.paths("paths", paths);
            SettingsChecks.name("features", features);
            SettingsChecks.shape(shape);
            SettingsChecks.limit(limit);
            FurtherColumn.check(
                    columns,
                    Stream.of(
                                    Stream.of(features),
                                    LabelColumns.of(target, label, labels, classes, classNames).columns().stream(),
                                    id.stream())
                            .flatMap(name -> name));
        }

        /** Of rows whose label, if any, is a class. */
        public Settings(
                List<String> paths,
                String features,
                Optional<String> label,
                Optional<String> id,
                List<FurtherColumn> columns,
                List<Integer> shape,
                DataType element,
                Optional<Integer> classes,
                List<String> classNames,
                Optional<Long> limit) {
            this(
                    paths,
                    features,
                    label,
                    id,
                    columns,
                    shape,
                    element,
                    classes,
                    classNames,
                    limit,
                    Optional.empty(),
                    Optional.empty());
        }

        private LabelColumns labelColumns() {
            return LabelColumns.of(target, label, labels, classes, classNames);
        }

        @Override
        public Map<String, List<String>> files() {
            return Map.of("paths", paths);
        }

        @Override
        public Reader reader() {
            return new ParquetReader(this);
        }

        @Override
        public ColumnRoles roles(Source.Header header) {
            return ColumnRoles.of(
                    header.columns(),
                    List.of(features),
                    labelColumns().columns(),
                    id,
                    FurtherColumn.names(columns),
                    List.of());
        }
    }

    private final List<String> paths;
    private final String features;
    private final LabelColumns labels;
    /** Empty, or one column. */
    private final List<String> id;

    private final List<Column> further;
    private final List<Integer> shape;
    private final DataType element;

    ParquetReader(Settings settings) {
        this.paths = settings.paths();
        this.features = settings.features();
        this.labels = settings.labelColumns();
        this.id = settings.id().stream().toList();
        this.further = FurtherColumn.columns(settings.columns());
        this.shape = settings.shape();
        this.element = settings.element();
    }

    @Override
    public List<Split> splits(Storage storage) {
        return SourceFiles.splits(SourceFiles.find(storage, paths));
    }

    @Override
    public Schema schema(Storage storage, List<Split> splits) {
        for (Split split : splits) {
            OpenFile rows = rows(storage, split);
            try (rows) {
                if (rows.next()) {
                    refuseBytesOfOthers(rows);
                    int length = rows.row.features().length();
                    Shape whole = shape.isEmpty() ? Shape.vector(Math.max(1, length)) : new Shape(shape);
                    NumberColumn column = new NumberColumn(Schema.FEATURES, element, whole, List.of());
                    List<Column> columns = new ArrayList<>(List.of(column));
                    columns.addAll(further);
                    return new Schema(columns, labels.target(), new InputEncoder.Numbers(column));
                }
            }
        }
        throw new ArtifactException("the source has no samples: " + paths + " hold no rows");
    }

    /** Bytes of a wider number would be taken for as many numbers. */
    private void refuseBytesOfOthers(OpenFile rows) {
        if (rows.row.features().isBytes() && element != DataType.UINT8) {
            throw new ArtifactException(
                    rows.path + " column " + features + " is binary, each byte of which is a number from"
                            + " 0 to 255, but element is " + element.name().toLowerCase(Locale.ROOT)
                            + "; write element = uint8 if that is meant,"
                            + " or store other numbers as an array, such as array<float>");
        }
    }

    @Override
    public List<String> header(Storage storage, Split split) {
        return footer(storage, split.files().get(0).path()).getFileMetaData().getSchema().getFields().stream()
                .map(Type::getName)
                .toList();
    }

    @Override
    public RowStream open(Storage storage, Split split, Schema schema) {
        OpenFile rows = rows(storage, split);
        try {
            refuseBytesOfOthers(rows);
            return new ParquetRowStream(rows, schema, split.firstId());
        } catch (RuntimeException e) {
            rows.close();
            throw e;
        }
    }

    @Override
    public List<String> labels(Storage storage, Split split, int most) {
        if (labels.classColumn().isEmpty()) {
            return List.of();
        }
        List<String> written = new ArrayList<>();
        try (OpenFile rows = rows(storage, split)) {
            while (written.size() < most && rows.next()) {
                written.add(rows.row.labels().get(0).written());
            }
        }
        return written;
    }

    /** The footer says it. */
    @Override
    public long count(Storage storage, Split split, Schema schema) {
        return footer(storage, split.files().get(0).path()).getBlocks().stream()
                .mapToLong(BlockMetaData::getRowCount)
                .sum();
    }

    private static ParquetMetadata footer(Storage storage, Path path) {
        try {
            return ParquetRows.footer(storage, path);
        } catch (ArtifactException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw unreadable(path, e);
        }
    }

    private OpenFile rows(Storage storage, Split split) {
        Path path = split.files().get(0).path();
        try {
            MessageType columns =
                    ParquetRows.footer(storage, path).getFileMetaData().getSchema();
            ParquetSample row = ParquetSample.of(path, columns, features, labels, id, further);
            return new OpenFile(path, ParquetRows.open(storage, path, row.projection(), row.converter()), row);
        } catch (ArtifactException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw unreadable(path, e);
        }
    }

    /** Of a value that cannot be decoded parquet-mr's own message names the place, and only its cause the reason. */
    private static ArtifactException unreadable(Path path, Exception cause) {
        Throwable reason =
                cause instanceof ParquetDecodingException && cause.getCause() != null ? cause.getCause() : cause;
        return new ArtifactException(path + " cannot be read as Parquet: " + reason.getMessage(), cause);
    }

    /** An open file. */
    private record OpenFile(Path path, ParquetRows file, ParquetSample row) implements AutoCloseable {
        boolean next() {
            try {
                return file.next();
            } catch (IOException | RuntimeException e) {
                throw unreadable(path, e);
            }
        }

        @Override
        public void close() {
            try {
                file.close();
            } catch (IOException e) {
                throw unreadable(path, e);
            }
        }
    }

    private final class ParquetRowStream implements RowStream {
        private final OpenFile rows;
        private final Schema schema;
        private final LabelValues labelValues;
        private final float[] label;
        private final long firstId;
        private final float[] values;
        private long index;
        private Optional<String> rounded = Optional.empty();

        ParquetRowStream(OpenFile rows, Schema schema, long firstId) {
            this.rows = rows;
            this.schema = schema;
            this.firstId = firstId;
            labelValues = LabelValues.of(schema.target());
            label = new float[schema.target().labelWidth()];
            Arrays.fill(label, Float.NaN);
            values = new float[schema.shape().elements()];
        }

        @Override
        public Rows read(int most) {
            RowsBuilder gathered = new RowsBuilder(schema, most);
            while (!gathered.isFull() && rows.next()) {
                readLabel();
                copy((NumberColumn) schema.columns().get(0), rows.row.features(), features, values);
                gathered.put(0, values);
                for (int i = 0; i < further.size(); i++) {
                    copyFurther(rows.row.further().get(i), gathered, i + 1);
                }
                gathered.end(id(), label);
                index++;
            }
            return gathered.rows();
        }

        private void copyFurther(ParquetSample.Field field, RowsBuilder gathered, int place) {
            Column column = schema.columns().get(place);
            if (field instanceof ParquetFeatures found) {
                float[] array = new float[((NumberColumn) column).shape().elements()];
                copy((NumberColumn) column, found, column.name(), array);
                gathered.put(place, array);
                return;
            }
            ParquetScalar found = (ParquetScalar) field;
            if (column instanceof NumberColumn numbers) {
                float number = (float) found.asDouble();
                if (!numbers.element().admits(number)) {
                    throw refuse(column.name(), "must be " + numbers.element().allowed() + ", was " + found.found());
                }
                if (rounded.isEmpty() && Numbers.losesDigits(found.written(), found.asDouble())) {
                    rounded = Optional.of(place(column.name()) + found.written());
                }
                gathered.put(place, new float[] {number});
            } else {
                gathered.put(place, found.isAbsent() ? null : found.written());
            }
        }

        /** The row's label; not-a-number where it has none. */
        private void readLabel() {
            rows.row.labelList().ifPresent(this::readLabelList);
            int missing = -1;
            int present = -1;
            for (int i = 0; i < rows.row.labels().size(); i++) {
                ParquetScalar found = rows.row.labels().get(i);
                label[i] = found.label(labelValues);
                if (found.isAbsent()) {
                    missing = i;
                } else {
                    present = i;
                    requireLabel(label[i], labels.columns().get(i), found.found(), found.written());
                }
            }
            if (missing >= 0 && present >= 0) {
                throw refuse(
                        labels.columns().get(missing),
                        "must be " + labelValues.allowed() + ", was null, but the row has a value in "
                                + labels.columns().get(present)
                                + "; give it all values of its label, or none");
            }
        }

        private void readLabelList(ParquetFeatures found) {
            String column = labels.columns().get(0);
            if (found.isAbsent()) {
                Arrays.fill(label, Float.NaN);
                return;
            }
            found.problem(label.length).ifPresent(problem -> {
                throw refuse(column, problem);
            });
            found.copyTo(label);
            for (int i = 0; i < label.length; i++) {
                String value = Float.toString(label[i]);
                label[i] = labelValues.value((double) label[i]);
                requireLabel(label[i], column, value, value);
            }
        }

        private void requireLabel(float value, String column, String found, String written) {
            if (Float.isNaN(value)) {
                throw refuse(
                        column, "must be " + labelValues.allowed() + ", was " + found + labelValues.remedy(written));
            }
        }

        private long id() {
            if (id.isEmpty()) {
                return firstId + index;
            }
            if (!rows.row.id().isLong()) {
                throw refuse(
                        id.get(0),
                        "must be a whole number of at most 64 bits, one for the sign, was "
                                + rows.row.id().found());
            }
            return rows.row.id().asLong();
        }

        /** @param name of the column in the file */
        private void copy(NumberColumn column, ParquetFeatures found, String name, float[] into) {
            found.problem(into.length).ifPresent(problem -> {
                throw refuse(name, problem);
            });
            found.copyTo(into);
            if (rounded.isEmpty()) {
                rounded = found.rounded().map(value -> place(name) + value);
            }
            for (int i = 0; i < into.length; i++) {
                if (!column.element().admits(into[i])) {
                    throw refuse(
                            name, "value " + i + " must be " + column.element().allowed() + ", was " + into[i]);
                }
            }
        }

        private ArtifactException refuse(String column, String problem) {
            return new ArtifactException(place(column) + problem);
        }

        private String place(String column) {
            return rows.path + " row " + index + " column " + column + ": ";
        }

        @Override
        public Optional<String> rounded() {
            return rounded;
        }

        @Override
        public void close() {
            rows.close();
        }
    }
}
