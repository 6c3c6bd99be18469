package io.retort.data.source;

import io.retort.config.Binder.SingleValue;
import io.retort.config.FilePaths.FilePath;
import io.retort.config.SettingException;
import io.retort.data.DataType;
import io.retort.data.LabelColumns;
import io.retort.data.source.SourceColumns.ColumnRoles;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Kind {@code parquet}: Parquet files with a column of features and perhaps a label column, an id column and further
 * ones, each of a type that {@link FrameSettings kind spark} takes. The rows are in the order of the files.
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
public record ParquetSettings(
        @FilePath List<String> paths,

        @SingleValue(
                insteadOfList =
                        "put the columns of numbers into one array column, in Spark with array(a, b, ...), or set"
                                + " kind = spark, whose features is a list of columns")
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
        implements FileSource.Settings, ReaderSettings.OfColumns {
    public ParquetSettings {
        paths = List.copyOf(paths);
        columns = List.copyOf(columns);
        shape = List.copyOf(shape);
        classNames = List.copyOf(classNames);
        SettingsChecks.paths("paths", paths);
        SettingsChecks.name("features", features);
        SettingsChecks.shape(shape);
        SettingsChecks.limit(limit);
        List<String> named = new ArrayList<>(List.of(features));
        named.addAll(LabelColumns.of(target, label, labels, classes, classNames).columns());
        id.ifPresent(named::add);
        if (new HashSet<>(named).size() < named.size()) {
            throw new SettingException(
                    "features", "must be another column than label and id, each of which is another, was " + named);
        }
        FurtherColumn.check(columns, named.stream());
    }

    @Override
    public Map<String, List<String>> files() {
        return Map.of("paths", paths);
    }

    @Override
    public Reader reader() {
        return new ParquetReader(
                paths,
                new ParquetReader.Columns(
                        features, labelColumns(), id.orElse(""), FurtherColumn.columns(columns), shape, element));
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
