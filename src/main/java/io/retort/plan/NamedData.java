package io.retort.plan;

import io.retort.config.Names;
import io.retort.data.ClassNames;
import io.retort.data.Column;
import io.retort.data.InputEncoder;
import io.retort.data.LabelColumns;
import io.retort.data.Schema;
import io.retort.data.encode.TableInput;
import io.retort.data.source.ReaderSettings;
import io.retort.data.source.Source;
import io.retort.data.source.SourceColumns;
import io.retort.data.source.SourceColumns.ColumnRoles;
import io.retort.network.TableEncoding;
import io.retort.recipe.DataSettings;
import io.retort.recipe.Recipe;
import io.retort.storage.Storage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A recipe's data, read by the names of their columns: the training source says which columns are features, and the
 * held-out source is read in the same order, whatever the order in its own files. Where a network that is there already
 * has learned from columns with names, its order is that of both sources.
 *
 * @param settings with the features of both sources spelt out, where they have names
 * @param table how a network that is there already reads the columns of a table; nothing where there is none
 * @param lines for people: what each column is taken for
 * @param warnings of columns that are ignored, and of values that are matched by their places
 */
public record NamedData(
        DataSettings settings, Optional<TableEncoding> table, List<String> lines, List<String> warnings) {
    private static final String TRAIN = "data.train";
    private static final String TEST = "data.test";
    private static final String VALIDATION = "data.validation.source";
    private static final String BY_PLACE = "only one of data.train and data.test has columns with names, so their"
            + " values are matched by their places";

    /** How many names a line shows; the others are counted. */
    private static final int SHOWN = 8;

    public NamedData {
        lines = List.copyOf(lines);
        warnings = List.copyOf(warnings);
    }

    /** The same with the order of the recipe's saved networks. */
    public static NamedData of(Storage storage, Recipe recipe) {
        return of(storage, recipe.data(), ColumnOrder.ofSaved(storage, recipe));
    }

    /**
     * Looks at the headers of both sources.
     *
     * @throws IllegalArgumentException where a column that is needed is not there
     * @throws io.retort.storage.ArtifactException where a header cannot be read, or a feature has no name
     */
    public static NamedData of(Storage storage, DataSettings data, ColumnOrder order) {
        SourceColumns train = SourceColumns.of(storage, data.train());
        SourceColumns test = SourceColumns.of(storage, data.test());
        Optional<SourceColumns> validation = data.validationSource().map(source -> SourceColumns.of(storage, source));
        List<String> lines = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        List<String> found = train.elements();
        if (found.isEmpty()) {
            order.warnOfPlaces(warnings);
            if (!test.elements().isEmpty()) {
                warnings.add(BY_PLACE);
            }
        } else {
            List<String> columns = order.of(found, isNamed(data.train(), found), warnings);
            train = train.withElements(columns);
            if (test.withElements(columns).elements().isEmpty()) {
                warnings.add(BY_PLACE);
            } else {
                requireSameFeatures(TEST, columns, data.test());
                test = test.withElements(columns);
            }
            data.validationSource().ifPresent(source -> requireSameFeatures(VALIDATION, columns, source));
            validation = validation.map(source -> source.withElements(columns));
            if (!found.equals(columns)) {
                lines.add("columns: in the order of " + order.owner() + ", which is not that of data.train");
            }
        }
        requireColumns(TRAIN, train);
        requireColumns(TEST, test);
        validation.ifPresent(source -> requireColumns(VALIDATION, source));
        String ofTrain = description(train);
        String ofTest = description(test);
        lines.addAll(ofTrain.isEmpty() ? List.of() : List.of("columns of data.train: " + ofTrain));
        if (!ofTest.equals(ofTrain)) {
            lines.add("columns of data.test: " + ofTest);
        }
        if (!inHeaderOrder(train).equals(inHeaderOrder(test))) {
            lines.add("columns of data.test: they stand in another order, and are read by name");
        }
        return new NamedData(
                data.with(train.settings(), test.settings(), validation.map(SourceColumns::settings)),
                order.table(),
                lines,
                warnings);
    }

    /** The schema of the training source, as far as its headers tell. */
    Schema schema(Storage storage) {
        Schema schema = Plan.schema(storage, settings.train());
        return schema.with(input(schema));
    }

    /**
     * What networks take of the rows of a source: of a table by the encoding of a network that is there already, where
     * one is.
     *
     * @throws IllegalArgumentException where that has learned from columns of other types
     */
    public InputEncoder input(Schema schema) {
        return schema.input() instanceof TableInput unfitted && table.isPresent()
                ? unfitted.with(table.get())
                : schema.input();
    }

    /** All that people should know. */
    List<String> sentences() {
        return Stream.concat(lines.stream(), warnings.stream().map(sentence -> "warning: " + sentence))
                .toList();
    }

    /** Gives what was found, and what may be wrong, to what shows it. */
    public void tell(Consumer<String> say, Consumer<String> warn) {
        lines.forEach(say);
        warnings.forEach(warn);
    }

    /** Whether settings name their features. */
    private static boolean isNamed(ReaderSettings settings, List<String> features) {
        return settings.withElements(features).equals(settings);
    }

    private static void requireSameFeatures(String place, List<String> columns, ReaderSettings test) {
        List<String> named = test.elements(new Source.Header(place, List.of(), List.of()));
        Set<String> missing = new LinkedHashSet<>(columns);
        named.forEach(missing::remove);
        Set<String> more = new LinkedHashSet<>(named);
        columns.forEach(more::remove);
        if (!named.isEmpty() && !(missing.isEmpty() && more.isEmpty())) {
            throw new IllegalArgumentException(
                    place + ".features must name the features of data.train in any order," + " or be left out; it "
                            + (missing.isEmpty() ? "has also " + columns(more) : "lacks " + columns(missing)));
        }
    }

    private static void requireColumns(String source, SourceColumns columns) {
        for (Source.Header header : columns.headers()) {
            ColumnRoles roles = columns.settings().roles(header);
            Set<String> present = new HashSet<>(header.columns());
            Map<String, String> needed = new LinkedHashMap<>();
            roles.labels().forEach(name -> needed.put(name, "the label"));
            roles.id().ifPresent(name -> needed.put(name, "the id"));
            roles.features().forEach(name -> needed.put(roles.column(name), "a feature"));
            needed.keySet().removeAll(present);
            needed.forEach((name, role) -> {
                throw new IllegalArgumentException(
                        source + ": " + header.file() + " has no column " + name + " for " + role
                                + "; "
                                + Names.nearest(name, roles.ignored())
                                        .map(near -> "did you mean " + near + "? ")
                                        .orElse("")
                                + "its columns are " + shortened(header.columns()));
            });
        }
    }

    /** The features as they stand in the first file. */
    private static List<String> inHeaderOrder(SourceColumns columns) {
        Set<String> features = new HashSet<>(columns.elements());
        return columns.headers().stream()
                .limit(1)
                .flatMap(header -> header.columns().stream())
                .filter(features::contains)
                .toList();
    }

    private static String description(SourceColumns source) {
        return source.roles()
                .map(roles -> roles.features().size() + (roles.features().size() == 1 ? " feature (" : " features (")
                        + shortened(roles.features()) + "), "
                        + labels(roles.labels()) + ", "
                        + roles.id().map(name -> "id " + name).orElse("no id") + ", "
                        + (source.ignored().isEmpty() ? "none ignored" : "ignored: " + shortened(source.ignored())))
                .orElse("");
    }

    private static String labels(List<String> columns) {
        return columns.isEmpty() ? "no label" : (columns.size() == 1 ? "label " : "labels ") + shortened(columns);
    }

    /** Such as {@code the columns a, b}. */
    static String columns(Collection<String> names) {
        return (names.size() == 1 ? "the column " : "the columns ") + shortened(names);
    }

    private static String shortened(Collection<String> names) {
        return names.stream()
                        .limit(SHOWN)
                        .map(name -> name.isBlank() ? "(without a name)" : name)
                        .collect(Collectors.joining(", "))
                + (names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "");
    }

    /**
     * Refuses sources whose samples are not of one kind; one of them may have no labels.
     *
     * @param place of the second in the recipe
     * @throws IllegalArgumentException that says in which they differ
     */
    public static void requireSameKind(Schema train, String place, Schema test) {
        String where = "data.train and " + place + " must hold samples of one kind, but have ";
        if (!train.shape().equals(test.shape())) {
            throw new IllegalArgumentException(where + "the shapes " + train.shape() + " and " + test.shape());
        }
        if (train.element() != test.element() && !train.hasTexts()) { // ids of texts are those of the training texts
            throw new IllegalArgumentException(where + "the types " + train.element() + " and " + test.element()
                    + "; csv and parquet take a type by element");
        }
        List<String> columns = train.columns().stream().map(Column::describe).toList();
        List<String> others = test.columns().stream().map(Column::describe).toList();
        if (!columns.equals(others)) {
            throw new IllegalArgumentException(where + "the columns " + columns + " and " + others
                    + "; models read them by name, so let each source have the same ones in the same order");
        }
        if (train.target().kind() != test.target().kind()) {
            throw new IllegalArgumentException(where + "the targets "
                    + Names.kebab(train.target().kind()) + " and "
                    + Names.kebab(test.target().kind()) + "; set target to the same in both");
        }
        if (train.classes() == 0 || test.classes() == 0) {
            return; // one has no labels, nor names for them
        }
        if (train.classes() != test.classes()) {
            throw new IllegalArgumentException(where + train.classes() + " and " + test.classes() + " classes"
                    + (train.target().kind() == LabelColumns.Kind.CLASS
                                    && !ClassNames.of(train).areIndices()
                                    && !ClassNames.of(test).areIndices()
                            ? onlyOnce(train, test)
                            : ""));
        }
        for (int c = 0; c < train.classes(); c++) {
            String name = train.classNames().get(c);
            if (!name.equals(test.classNames().get(c))) {
                throw new IllegalArgumentException(where + "different class-names: class " + c + " is '" + name
                        + "' and '" + test.classNames().get(c) + "'");
            }
        }
    }

    private static String onlyOnce(Schema train, Schema test) {
        return Stream.concat(train.classNames().stream(), test.classNames().stream())
                .filter(name ->
                        !train.classNames().contains(name) || !test.classNames().contains(name))
                .collect(Collectors.joining(", ", "; only one of them has ", ""));
    }
}
