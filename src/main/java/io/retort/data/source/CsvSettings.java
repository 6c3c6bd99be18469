package io.retort.data.source;

import io.retort.config.FilePaths.FilePath;
import io.retort.config.SettingException;
import io.retort.data.Column.NumberColumn;
import io.retort.data.DataType;
import io.retort.data.InputEncoder;
import io.retort.data.LabelColumns;
import io.retort.data.Schema;
import io.retort.data.encode.TableInput;
import io.retort.data.source.DateColumn.DatePart;
import io.retort.data.source.SourceColumns.ColumnRoles;
import io.retort.network.Shape;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Kind {@code csv}.
 *
 * @param paths files, patterns or directories; sorted by name within each entry
 * @param label the column of class indices, class names or numbers, empty where a row has none; nothing where no
 *     row has a label, or {@code labels} has the columns
 * @param id the column of whole numbers that tell the samples apart; without one, the file's name and the row do
 * @param features the feature columns in their order; none stands for all columns of the first file that are
 *     nothing else
 * @param columns further ones, which are no features
 * @param shape what the features make up, for instance {@code [1, 28, 28]}; none for a vector
 * @param delimiter one character
 * @param element how features are stored
 * @param classes how many classes there are; needless beside their names
 * @param classNames by class index
 * @param limit only the first so many samples
 * @param target what a label is; a class where nothing is said
 * @param labels the columns of a label's values, all of them empty where a row has no label
 * @param categories columns of texts or numbers that stand for one of several values each; networks read them beside
 *     the features
 * @param missing how a missing number is written, as features may lack some; none where each must be there
 * @param dates columns of dates, of whose parts features are made
 */
public record CsvSettings(
        @FilePath List<String> paths,
        Optional<String> label,
        Optional<String> id,
        List<String> features,
        List<FurtherColumn> columns,
        List<Integer> shape,
        String delimiter,
        DataType element,
        Optional<Integer> classes,
        List<String> classNames,
        Optional<Long> limit,
        Optional<LabelColumns.Kind> target,
        Optional<List<String>> labels,
        Optional<List<String>> categories,
        Optional<List<String>> missing,
        Optional<List<DateColumn>> dates)
        implements FileSource.Settings, ReaderSettings.OfColumns {
    private static final Pattern UNNAMED = Pattern.compile("Unnamed: \\d+");

    public CsvSettings {
        paths = List.copyOf(paths);
        features = List.copyOf(features);
        columns = List.copyOf(columns);
        shape = List.copyOf(shape);
        classNames = List.copyOf(classNames);
        SettingsChecks.paths("paths", paths);
        SettingsChecks.shape(shape);
        SettingsChecks.limit(limit);
        LabelColumns labelColumns =
                LabelColumns.of(target, label, labels, classes, classNames).withoutList();
        if (delimiter.length() != 1) {
            throw new SettingException("delimiter", "must be one character, was \"" + delimiter + "\"");
        }
        if (new HashSet<>(features).size() < features.size()) {
            throw new SettingException("features", "must name each column once, was " + features);
        }
        FurtherColumn.requireSingle(columns);
        labelColumns.columns().stream().filter(features::contains).forEach(column -> {
            throw new SettingException("features", "must not name the label column " + column);
        });
        List<String> ofCategories = categories.orElseGet(List::of);
        SettingsChecks.categories(
                ofCategories,
                Stream.of(features, labelColumns.columns(), id.stream().toList()));
        if ((categories.isPresent() || missing.isPresent()) && !(shape.isEmpty() && element == DataType.FLOAT32)) {
            throw new SettingException(
                    shape.isEmpty() ? "element" : "shape",
                    "must not be set beside categories or missing, whose rows are tables of float32");
        }
        FurtherColumn.check(
                columns,
                Stream.of(
                                features,
                                ofCategories,
                                labelColumns.columns(),
                                id.stream().toList())
                        .flatMap(List::stream));
        DateColumn.check(
                dates,
                Stream.of(
                                features,
                                ofCategories,
                                labelColumns.columns(),
                                FurtherColumn.names(columns),
                                id.stream().toList())
                        .flatMap(List::stream));
    }

    @Override
    public Map<String, List<String>> files() {
        return Map.of("paths", paths);
    }

    @Override
    public Reader reader() {
        return new CsvReader(
                new CsvReader.Layout(
                        paths,
                        labelColumns(),
                        id.stream().toList(),
                        FurtherColumn.columns(columns),
                        missing.orElseGet(List::of),
                        delimiter.charAt(0)),
                table());
    }

    @Override
    public ColumnRoles roles(Source.Header header) {
        return ColumnRoles.of(
                header.columns(),
                table().elements(header.columns()),
                labelColumns().columns(),
                id,
                FurtherColumn.names(columns),
                DateColumn.features(dates));
    }

    @Override
    public List<String> elements(Source.Header header) {
        return table().elements(header.file(), header.columns());
    }

    @Override
    public CsvSettings withElements(List<String> elements) {
        return new CsvSettings(
                paths,
                label,
                id,
                elements.stream().filter(name -> !isCategory(name)).toList(),
                columns,
                shape,
                delimiter,
                element,
                classes,
                classNames,
                limit,
                target,
                labels,
                categories.map(own -> elements.stream().filter(this::isCategory).toList()),
                missing,
                dates);
    }

    private boolean isCategory(String column) {
        return categories.orElseGet(List::of).contains(column);
    }

    private Features table() {
        List<String> others = Stream.of(
                        labelColumns().columns(),
                        id.stream().toList(),
                        categories.orElseGet(List::of),
                        FurtherColumn.names(columns),
                        DateColumn.names(dates))
                .flatMap(List::stream)
                .toList();
        return new Features(
                others,
                features,
                categories.orElseGet(List::of),
                DateColumn.features(dates),
                missing.isPresent(),
                shape,
                element);
    }

    /**
     * Columns of numbers, which together are one column of a row, and of categories.
     *
     * @param others columns that are no features
     * @param named as features; none for all others
     * @param parts features that are made of dates
     * @param mayLack whether numbers may be missing
     */
    private record Features(
            List<String> others,
            List<String> named,
            List<String> categories,
            List<DatePart> parts,
            boolean mayLack,
            List<Integer> shape,
            DataType element)
            implements CsvReader.Main {
        @Override
        public InputEncoder input(Storage storage, String file, List<String> header) {
            List<String> elements = elements(file, header);
            if (elements.isEmpty()) {
                throw new ArtifactException(file + " has no columns but label and id; features need at least one");
            }
            if (mayLack || !categories.isEmpty()) {
                return TableInput.unfitted(features(header), categories);
            }
            Shape whole = shape.isEmpty() ? Shape.vector(elements.size()) : new Shape(shape);
            if (whole.elements() != elements.size()) {
                throw new ArtifactException(file + " has " + elements.size() + " feature columns, but shape " + shape
                        + " needs " + whole.elements());
            }
            return new InputEncoder.Numbers(new NumberColumn(Schema.FEATURES, element, whole, elements));
        }

        @Override
        public boolean hasTexts() {
            return !categories.isEmpty();
        }

        private List<String> features(List<String> header) {
            return DateColumn.withParts(
                    named.isEmpty()
                            ? header.stream()
                                    .filter(name -> !others.contains(name))
                                    .toList()
                            : named,
                    parts);
        }

        @Override
        public Optional<DatePart> part(String feature) {
            return DatePart.named(feature, parts);
        }

        /** All that networks read; of no columns, what the settings name. */
        List<String> elements(List<String> header) {
            if (header.isEmpty() && named.isEmpty()) {
                return List.of();
            }
            return Stream.concat(features(header).stream(), categories.stream()).toList();
        }

        List<String> elements(String file, List<String> header) {
            if (named.isEmpty()) {
                requireNames(file, header);
            }
            parts.stream()
                    .filter(part -> header.contains(part.name()))
                    .findFirst()
                    .ifPresent(part -> {
                        throw new ArtifactException(file + " has a column " + part.name() + ", as the part of the date "
                                + part.column() + " is called; rename it");
                    });
            return elements(header);
        }

        /** Where nothing is said of features all columns are some, and an index would be one too. */
        private static void requireNames(String file, List<String> header) {
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < header.size(); i++) {
                String name = header.get(i);
                if (name.isBlank() || UNNAMED.matcher(name).matches()) {
                    throw new ArtifactException(file + ": column " + (i + 1)
                            + (name.isBlank()
                                    ? " has no name"
                                    : " is named '" + name + "', as pandas calls one without a name,")
                            + " and would be a feature; pandas writes its index so: write it with index=False, or name"
                            + " the feature columns in features");
                }
                if (!seen.add(name)) {
                    throw new ArtifactException(file + ": columns " + (header.indexOf(name) + 1) + " and " + (i + 1)
                            + " are both named '" + name + "'; give each a name of its own, or name the feature"
                            + " columns in features");
                }
            }
        }
    }
}
