package io.retort.data.source;

import io.retort.config.FilePaths.FilePath;
import io.retort.config.SettingException;
import io.retort.data.ClassNames;
import io.retort.data.DataType;
import io.retort.data.Numbers;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.Target;
import io.retort.network.Shape;
import io.retort.network.Vocabulary;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** CSV files with a header, UTF-8, plain or gzipped: feature columns of numbers, and perhaps a label column and an id column. */
public final class CsvReader implements Reader {
    private static final long serialVersionUID = 1L;
    private static final int MOST_CHARACTERS = 1 << 12;
    private static final Pattern UNNAMED = Pattern.compile("Unnamed: \\d+");

    /**
     * Kind {@code csv}.
     *
     * @param paths files, patterns or directories; sorted by name within each entry
     * @param label the column of class indices or class names, empty where a row has none; nothing where no row has a label
     * @param id the column of whole numbers that tell the samples apart; without one, the file's name and the row do
     * @param features the feature columns in their order; none stands for all columns of the first file that are neither label nor id
     * @param shape what the features make up, for instance {@code [1, 28, 28]}; none for a vector
     * @param delimiter one character
     * @param element how features are stored
     * @param classes how many classes there are; needless beside their names
     * @param classNames by class index
     * @param limit only the first so many samples
     */
    public record Settings(
            @FilePath List<String> paths,
            Optional<String> label,
            Optional<String> id,
            List<String> features,
            List<Integer> shape,
            String delimiter,
            DataType element,
            Optional<Integer> classes,
            List<String> classNames,
            Optional<Long> limit)
            implements ReaderSettings {
        public Settings {
            paths = List.copyOf(paths);
            features = List.copyOf(features);
            shape = List.copyOf(shape);
            classNames = List.copyOf(classNames);
            SettingsChecks.paths("paths", paths);
            SettingsChecks.name("label", label);
            SettingsChecks.shape(shape);
            SettingsChecks.limit(limit);
            ClassNames.check(classes, classNames);
            if (delimiter.length() != 1) {
                throw new SettingException("delimiter", "must be one character, was \"" + delimiter + "\"");
            }
            if (new HashSet<>(features).size() < features.size()) {
                throw new SettingException("features", "must name each column once, was " + features);
            }
            if (label.isPresent() && features.contains(label.get())) {
                throw new SettingException("features", "must not name the label column " + label.get());
            }
        }

        @Override
        public Map<String, List<String>> files() {
            return Map.of("paths", paths);
        }

        @Override
        public Reader reader() {
            return new CsvReader(this);
        }

        @Override
        public ColumnRoles roles(List<String> header) {
            return ColumnRoles.of(header, columns().features(header), label, id);
        }

        @Override
        public List<String> elements(String file, List<String> header) {
            return columns().elements(file, header);
        }

        @Override
        public ReaderSettings withElements(List<String> columns) {
            return new Settings(paths, label, id, columns, shape, delimiter, element, classes, classNames, limit);
        }

        private Columns columns() {
            return new Columns(label.stream().toList(), id.stream().toList(), features);
        }
    }

    /**
     * The columns that settings name.
     *
     * @param label none or one
     * @param id none or one
     * @param named as features; none for all others
     */
    private record Columns(List<String> label, List<String> id, List<String> named) implements Serializable {
        List<String> features(List<String> header) {
            return named.isEmpty()
                    ? header.stream()
                            .filter(name -> !label.contains(name) && !id.contains(name))
                            .toList()
                    : named;
        }

        List<String> elements(String file, List<String> header) {
            if (named.isEmpty()) {
                requireNames(file, header);
            }
            return features(header);
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

    private final List<String> paths;
    private final Columns columns;
    private final List<Integer> shape;
    private final char delimiter;
    private final DataType element;
    private final List<String> classNames;

    CsvReader(Settings settings) {
        this.paths = settings.paths();
        this.columns = settings.columns();
        this.shape = settings.shape();
        this.delimiter = settings.delimiter().charAt(0);
        this.element = settings.element();
        this.classNames = ClassNames.of(settings.classes(), settings.classNames());
    }

    @Override
    public List<Split> splits(Storage storage) {
        return SourceFiles.splits(SourceFiles.find(storage, paths));
    }

    @Override
    public List<String> header(Storage storage, Split split) {
        try (CsvFile file = open(storage, split)) {
            return file.header();
        }
    }

    @Override
    public Schema schema(Storage storage, List<Split> splits) {
        String file = splits.get(0).files().get(0).name();
        List<String> elements = columns.elements(file, header(storage, splits.get(0)));
        if (elements.isEmpty()) {
            throw new ArtifactException(file + " has no columns but label and id; features need at least one");
        }
        Shape whole = shape.isEmpty() ? Shape.vector(elements.size()) : new Shape(shape);
        if (whole.elements() != elements.size()) {
            throw new ArtifactException(file + " has " + elements.size() + " feature columns, but shape " + shape
                    + " needs " + whole.elements());
        }
        Target target = ClassNames.target(!columns.label().isEmpty(), classNames);
        return new Schema(whole, element, target, Vocabulary.none(), elements);
    }

    @Override
    public SampleStream open(Storage storage, Split split, Schema schema) {
        CsvFile file = open(storage, split);
        try {
            return new Rows(file, split, schema, columns);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public List<String> labels(Storage storage, Split split, int most) {
        if (columns.label().isEmpty()) {
            return List.of();
        }
        try (CsvFile file = open(storage, split)) {
            return file.texts(file.column("label", columns.label().get(0)), most);
        }
    }

    /** The rows, whose values are not looked at. */
    @Override
    public long count(Storage storage, Split split, Schema schema) {
        try (CsvFile file = open(storage, split)) {
            return file.remaining();
        }
    }

    private CsvFile open(Storage storage, Split split) {
        return new CsvFile(storage, split.files().get(0).path(), delimiter, MOST_CHARACTERS);
    }

    private static final class Rows implements SampleStream {
        private final CsvFile file;
        private final Schema schema;
        private final CsvLabels labels;
        private final int id;
        private final int[] features;
        private final float[] values;
        private long nextId;
        private Optional<String> rounded = Optional.empty();

        Rows(CsvFile file, Split split, Schema schema, Columns columns) {
            this.file = file;
            this.schema = schema;
            this.labels = new CsvLabels(file, schema, columns.label());
            this.id =
                    columns.id().isEmpty() ? -1 : file.column("id", columns.id().get(0));
            this.features = schema.columns().stream()
                    .mapToInt(name -> file.column("feature", name))
                    .toArray();
            this.values = new float[features.length];
            this.nextId = split.firstId();
        }

        @Override
        public Samples read(int most) {
            SampleColumns samples = new SampleColumns(schema, most);
            while (!samples.isFull() && file.next()) {
                int index = labels.next();
                for (int i = 0; i < features.length; i++) {
                    String text = file.text(features[i]);
                    double number = Numbers.parse(text);
                    values[i] = (float) number;
                    if (!schema.element().admits(values[i])) {
                        throw file.refuse(features[i], schema.element().allowed());
                    }
                    if (rounded.isEmpty() && Numbers.losesDigits(text, number)) {
                        rounded = Optional.of(file.place(features[i]) + text);
                    }
                }
                samples.add(id < 0 ? nextId++ : file.id(id), index, values);
            }
            return samples.samples();
        }

        @Override
        public Optional<String> rounded() {
            return rounded;
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
