package io.retort.data;

import io.retort.config.FilePath;
import io.retort.network.Shape;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** CSV files with a header, UTF-8, plain or gzipped: a label column, feature columns of numbers, and perhaps an id column. */
public final class CsvReader implements Reader {
    private static final long serialVersionUID = 1L;
    private static final int MOST_CHARACTERS = 1 << 12;

    /**
     * Kind {@code csv}.
     *
     * @param paths files, patterns or directories; sorted by name within each entry
     * @param label the column of class indices or class names
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
            String label,
            Optional<String> id,
            List<String> features,
            List<Integer> shape,
            String delimiter,
            Element element,
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
                throw new IllegalArgumentException("delimiter must be one character, was \"" + delimiter + "\"");
            }
            if (new HashSet<>(features).size() < features.size()) {
                throw new IllegalArgumentException("features must name each column once, was " + features);
            }
            if (features.contains(label)) {
                throw new IllegalArgumentException("features must not name the label column " + label);
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
    }

    private final List<String> paths;
    private final String label;
    /** Empty, or one column. */
    private final List<String> id;

    private final List<String> features;
    private final List<Integer> shape;
    private final char delimiter;
    private final Element element;
    private final List<String> classNames;

    CsvReader(Settings settings) {
        this.paths = settings.paths();
        this.label = settings.label();
        this.id = settings.id().stream().toList();
        this.features = settings.features();
        this.shape = settings.shape();
        this.delimiter = settings.delimiter().charAt(0);
        this.element = settings.element();
        this.classNames = ClassNames.of(settings.classes(), settings.classNames());
    }

    @Override
    public List<Split> splits(Storage storage) {
        List<SourceFile> files = SourceFiles.find(storage, paths);
        List<String> columns = features;
        if (columns.isEmpty()) {
            try (CsvFile first = new CsvFile(storage, files.get(0).path(), delimiter, MOST_CHARACTERS)) {
                columns = first.header().stream()
                        .filter(name -> !name.equals(label) && !id.contains(name))
                        .toList();
            }
        }
        return SourceFiles.splits(files, columns);
    }

    @Override
    public Schema schema(Storage storage, List<Split> splits) {
        int columns = splits.get(0).columns().size();
        if (columns == 0) {
            throw new ArtifactException(splits.get(0).files().get(0).name()
                    + " has no columns but label and id; features need at least one");
        }
        Shape whole = shape.isEmpty() ? Shape.vector(columns) : new Shape(shape);
        if (whole.elements() != columns) {
            throw new ArtifactException(splits.get(0).files().get(0).name() + " has " + columns
                    + " feature columns, but shape " + shape + " needs " + whole.elements());
        }
        return new Schema(whole, element, classNames);
    }

    @Override
    public SampleStream open(Storage storage, Split split, Schema schema) {
        CsvFile file = new CsvFile(storage, split.files().get(0).path(), delimiter, MOST_CHARACTERS);
        try {
            return new Rows(file, split, schema, label, id);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public List<String> labels(Storage storage, Split split, int most) {
        try (CsvFile file = new CsvFile(storage, split.files().get(0).path(), delimiter, MOST_CHARACTERS)) {
            return file.texts(file.column("label", label), most);
        }
    }

    /** The rows, whose values are not looked at. */
    @Override
    public long count(Storage storage, Split split, Schema schema) {
        try (CsvFile file = new CsvFile(storage, split.files().get(0).path(), delimiter, MOST_CHARACTERS)) {
            return file.remaining();
        }
    }

    private static final class Rows implements SampleStream {
        private final CsvFile file;
        private final Schema schema;
        private final ClassNames classes;
        private final int label;
        private final int id;
        private final int[] features;
        private final float[] values;
        private long nextId;
        private Optional<String> rounded = Optional.empty();

        Rows(CsvFile file, Split split, Schema schema, String label, List<String> id) {
            this.file = file;
            this.schema = schema;
            this.classes = ClassNames.of(schema);
            this.label = file.column("label", label);
            this.id = id.isEmpty() ? -1 : file.column("id", id.get(0));
            this.features = split.columns().stream()
                    .mapToInt(name -> file.column("feature", name))
                    .toArray();
            this.values = new float[features.length];
            this.nextId = split.firstId();
        }

        @Override
        public Samples read(int most) {
            SampleColumns samples = new SampleColumns(schema, most);
            while (!samples.isFull() && file.next()) {
                int index = classes.index(file.text(label));
                if (index < 0) {
                    throw file.refuse(label, classes.allowed(), classes.remedy(file.text(label)));
                }
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
