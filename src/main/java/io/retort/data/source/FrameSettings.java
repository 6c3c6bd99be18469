package io.retort.data.source;

import io.retort.config.FilePaths.FilePath;
import io.retort.config.PartlyIdle;
import io.retort.config.SettingException;
import io.retort.data.DataType;
import io.retort.data.LabelColumns;
import io.retort.data.encode.TokenInput;
import io.retort.data.source.DateColumn.DatePart;
import io.retort.data.source.SourceColumns.ColumnRoles;
import io.retort.data.source.file.PictureDecoder;
import io.retort.data.source.frame.FrameOptions;
import io.retort.storage.Storage;
import java.io.Serializable;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Kind {@code spark}: the rows of a Spark DataFrame, out of files, a table or a query.
 *
 * @param path a file, pattern or directory; of Delta and Iceberg the table's directory
 * @param paths several
 * @param table of Spark's catalog; with {@code format = jdbc} of the database
 * @param query a SELECT, likewise
 * @param format of the files
 * @param options of the format
 * @param schema of the files, as {@code name TYPE, name TYPE}; without one Spark finds it out
 * @param select SQL expressions that make the columns; none for all columns
 * @param where a SQL condition on the columns before {@code select}
 * @param id the column of whole numbers that tell the rows apart; without one, the file's name and the row do
 * @param features columns of numbers, or one of arrays, vectors or bytes; none stands for all columns of numbers that
 *     are nothing else
 * @param image a column of PNG and JPEG files instead of features
 * @param categories columns whose values stand for one of several things each; networks read them beside the features
 * @param columns further ones, which are no features
 * @param shape what the features make up, for instance {@code [3, 32, 32]}; none for a vector
 * @param element how features are stored; for binary it must be {@code uint8}
 * @param missing what becomes of a null among the features
 * @param badRows what becomes of a row that cannot be read
 * @param label the column of labels, null where a row has none
 * @param target what a label is; a class where nothing is said
 * @param labels the columns of a label's values
 * @param classes how many classes there are; needless beside their names
 * @param classNames by class index
 * @param limit only the first so many rows
 * @param dates columns of dates or timestamps, of whose parts features are made
 * @param text a column of texts instead of features
 */
public record FrameSettings(
        @FilePath Optional<String> path,
        @FilePath List<String> paths,
        Optional<String> table,
        Optional<String> query,
        String format,
        Map<String, String> options,
        Optional<String> schema,
        List<String> select,
        Optional<String> where,
        Optional<String> id,
        List<String> features,
        Optional<Image> image,
        List<String> categories,
        List<FurtherColumn> columns,
        List<Integer> shape,
        DataType element,
        Missing missing,
        BadRows badRows,
        Optional<String> label,
        Optional<LabelColumns.Kind> target,
        Optional<List<String>> labels,
        Optional<Integer> classes,
        List<String> classNames,
        Optional<Long> limit,
        Optional<List<DateColumn>> dates,
        Optional<TokenInput.Settings> text)
        implements ReaderSettings.OfColumns, PartlyIdle {
    /** What becomes of a null among the features. */
    public enum Missing {
        /** It ends the run, or makes its row a bad one. */
        REFUSE,
        /** It is kept as not-a-number. */
        KEEP
    }

    /** What becomes of a row that cannot be read. */
    public enum BadRows {
        FAIL,
        /** It is left out and counted. */
        DROP
    }

    /**
     * A column of PNG and JPEG files: binary, or structs with a field {@code bytes}, as Hugging Face's datasets have.
     *
     * @param height of the pictures that the rows hold
     * @param width likewise
     * @param channels 1 for grey, 3 for red, green and blue; 3 where nothing is said
     */
    public record Image(String column, int height, int width, Optional<Integer> channels) implements Serializable {
        public Image {
            SettingsChecks.name("column", column);
            new PictureDecoder(channels.orElse(3), height, width);
        }

        PictureDecoder decoder() {
            return new PictureDecoder(channels.orElse(3), height, width);
        }
    }

    public FrameSettings {
        paths = List.copyOf(paths);
        options = Map.copyOf(options);
        select = List.copyOf(select);
        features = List.copyOf(features);
        categories = List.copyOf(categories);
        columns = List.copyOf(columns);
        shape = List.copyOf(shape);
        classNames = List.copyOf(classNames);
        requireOneOrigin(path, paths, table, query);
        FrameOptions.requireFormat(format, path.isPresent() || !paths.isEmpty());
        FrameOptions.require(options);
        if (List.of("delta", "iceberg").contains(format) && !paths.isEmpty()) {
            throw new SettingException(
                    "paths", "must be left out for a table of format " + format + ", whose directory is path");
        }
        if (id.isEmpty() && !isPlainFiles(format, table, query)) {
            throw new SettingException(
                    "id",
                    "missing; name a column of whole numbers that tell the rows apart, for the rows of a table, a query"
                            + " or a format with versions have no order; select may make one, such as xxhash64(key) AS id");
        }
        SettingsChecks.name("id", id);
        SettingsChecks.shape(shape);
        SettingsChecks.limit(limit);
        if (new HashSet<>(features).size() < features.size()) {
            throw new SettingException("features", "must name each column once, was " + features);
        }
        List<String> ofLabels =
                LabelColumns.of(target, label, labels, classes, classNames).columns();
        if (image.isPresent()) {
            requireNoFeatures("image", features, shape, isTable(missing, categories));
            if (id.isEmpty() && List.of("binaryFile", "image").contains(format)) {
                throw new SettingException(
                        "id",
                        "missing; without it each file would be a shard; write select = [\"xxhash64("
                                + (format.equals("image") ? "image.origin" : "path") + ") AS id\", ...]");
            }
        }
        if (text.isPresent()) {
            requireNoFeatures("text", features, shape, isTable(missing, categories));
            if (image.isPresent() || dates.isPresent() || element != DataType.FLOAT32) {
                throw new SettingException("text", "must stand without image, dates and element");
            }
            if (ofLabels.contains(text.get().column())) {
                throw new SettingException(
                        "text",
                        "must name another column than label, was " + text.get().column());
            }
        }
        SettingsChecks.categories(
                categories, Stream.of(features, ofLabels, id.stream().toList()));
        List<String> ofTexts = text.map(TokenInput.Settings::column).stream().toList();
        FurtherColumn.check(
                columns,
                Stream.of(features, categories, ofLabels, ofTexts, id.stream().toList())
                        .flatMap(List::stream));
        DateColumn.check(
                dates,
                Stream.of(
                                features,
                                categories,
                                ofLabels,
                                FurtherColumn.names(columns),
                                id.stream().toList())
                        .flatMap(List::stream));
        if (dates.stream().flatMap(List::stream).anyMatch(date -> date.format().isPresent())) {
            throw new SettingException(
                    "dates",
                    "must have no format, for Spark makes dates of texts: select = [\"to_timestamp(day,"
                            + " 'dd.MM.yyyy') AS day\", ...]");
        }
        features.stream().filter(ofLabels::contains).findFirst().ifPresent(both -> {
            throw new SettingException("features", "must not name the label column " + both);
        });
        if (missing == Missing.KEEP && element != DataType.FLOAT32) {
            throw new SettingException(
                    "missing", "must be refuse where element is not float32, which alone can hold a missing number");
        }
        if (isTable(missing, categories) && !(shape.isEmpty() && element == DataType.FLOAT32)) {
            throw new SettingException(
                    shape.isEmpty() ? "element" : "shape",
                    "must not be set beside categories or missing = keep, whose rows are tables of float32");
        }
    }

    private static void requireNoFeatures(String key, List<String> features, List<Integer> shape, boolean isTable) {
        if (!features.isEmpty() || !shape.isEmpty() || isTable) {
            throw new SettingException(
                    key,
                    "must stand without features, shape, categories and missing = keep: the " + key
                            + " is what networks read");
        }
    }

    private static void requireOneOrigin(
            Optional<String> path, List<String> paths, Optional<String> table, Optional<String> query) {
        long origins = Stream.of(path.isPresent(), !paths.isEmpty(), table.isPresent(), query.isPresent())
                .filter(isSet -> isSet)
                .count();
        if (origins == 0) {
            throw new SettingException("path", "missing; say where the rows are by path, paths, table or query");
        }
        if (origins > 1) {
            throw new SettingException(
                    "path", "must stand alone: one of path, paths, table and query says where rows are");
        }
        if (!paths.isEmpty()) {
            SettingsChecks.paths("paths", paths);
        }
        path.ifPresent(one -> SettingsChecks.paths("path", List.of(one)));
        SettingsChecks.name("table", table);
    }

    /** Whether it reads files, one after the other, whose rows have an order. */
    boolean isPlainFiles() {
        return isPlainFiles(format, table, query);
    }

    private static boolean isPlainFiles(String format, Optional<String> table, Optional<String> query) {
        return FrameOptions.areFiles(format) && table.isEmpty() && query.isEmpty();
    }

    /** Whether what networks read is fitted to rows. */
    boolean isTable() {
        return isTable(missing, categories);
    }

    private static boolean isTable(Missing missing, List<String> categories) {
        return missing == Missing.KEEP || !categories.isEmpty();
    }

    boolean keepsMissing() {
        return missing == Missing.KEEP;
    }

    boolean dropsBadRows() {
        return badRows == BadRows.DROP;
    }

    /** All paths. */
    List<String> allPaths() {
        return Stream.concat(path.stream(), paths.stream()).toList();
    }

    @Override
    public Map<String, String> idle() {
        return !format.equals(FrameOptions.JDBC) && (table.isPresent() || query.isPresent()) && !options.isEmpty()
                ? Map.of("options", "a table of the catalog and a query have their own")
                : Map.of();
    }

    @Override
    public Map<String, List<String>> files() {
        Map<String, List<String>> files = new LinkedHashMap<>(data());
        text.ifPresent(settings -> files.putAll(settings.files("text.")));
        return files;
    }

    /** The files or directories of the rows. */
    Map<String, List<String>> data() {
        return path.isPresent()
                ? Map.of("path", List.of(path.get()))
                : paths.isEmpty() ? Map.of() : Map.of("paths", paths);
    }

    @Override
    public Optional<TokenInput.Settings> texts() {
        return text;
    }

    @Override
    public boolean needsSpark() {
        return true;
    }

    @Override
    public Source source(Storage storage) {
        return new FrameSource(storage, this);
    }

    @Override
    public ColumnRoles roles(Source.Header header) {
        return ColumnRoles.of(
                header.columns(),
                Stream.concat(featuresOf(header).stream(), categories.stream()).toList(),
                labelColumns().columns(),
                id,
                FurtherColumn.names(columns),
                parts());
    }

    /** The columns of features: those that are named, or all of numbers that are nothing else. */
    List<String> featuresOf(Source.Header header) {
        if (image.isPresent() || text.isPresent()) {
            return List.of(image.map(Image::column)
                    .or(() -> text.map(TokenInput.Settings::column))
                    .orElseThrow());
        }
        if (!features.isEmpty()) {
            return DateColumn.withParts(features, parts());
        }
        Set<String> taken = new HashSet<>(labelColumns().columns());
        taken.addAll(FurtherColumn.names(columns));
        taken.addAll(categories);
        id.ifPresent(taken::add);
        taken.addAll(DateColumn.names(dates));
        return DateColumn.withParts(
                header.numbers().stream().filter(name -> !taken.contains(name)).toList(), parts());
    }

    /** The features that are made of dates. */
    List<DatePart> parts() {
        return DateColumn.features(dates);
    }

    /**
     * Of a header without columns those that the settings name, of which nobody knows whether a single one has numbers
     * or arrays; parts of dates alone are not all.
     */
    @Override
    public List<String> elements(Source.Header header) {
        if (header.columns().isEmpty() && features.isEmpty()) {
            return List.of();
        }
        List<String> found = featuresOf(header);
        if (text.isPresent()
                || found.isEmpty()
                || !(header.columns().isEmpty() || header.numbers().containsAll(numbers(found)))) {
            return List.of();
        }
        return Stream.concat(found.stream(), categories.stream()).toList();
    }

    /** Without those that are made of dates. */
    private List<String> numbers(List<String> found) {
        return found.stream()
                .filter(name -> DatePart.named(name, parts()).isEmpty())
                .toList();
    }

    @Override
    public ReaderSettings withElements(List<String> elements) {
        return elements.isEmpty()
                ? this
                : new FrameSettings(
                        path,
                        paths,
                        table,
                        query,
                        format,
                        options,
                        schema,
                        select,
                        where,
                        id,
                        elements.stream()
                                .filter(name -> !categories.contains(name))
                                .toList(),
                        image,
                        elements.stream().filter(categories::contains).toList(),
                        columns,
                        shape,
                        element,
                        missing,
                        badRows,
                        label,
                        target,
                        labels,
                        classes,
                        classNames,
                        limit,
                        dates,
                        text);
    }
}
