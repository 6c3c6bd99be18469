package io.retort.data.source;

import io.retort.config.FilePaths.FilePath;
import io.retort.config.PartlyIdle;
import io.retort.config.SettingException;
import io.retort.data.ClassNames;
import io.retort.data.DataType;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.Target;
import io.retort.data.encode.Tokens;
import io.retort.network.Shape;
import io.retort.network.Vocabulary;
import io.retort.storage.Storage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;

/**
 * CSV files with a header, UTF-8, plain or gzipped, with a column of texts, and perhaps a column of labels.
 *
 * <p>A text becomes the ids of its first {@code length} tokens ({@link Tokens}), and a shorter one is padded with id 0; one without any token is
 * padding only. Ids are stored in two bytes each, and travel as floats, which hold them exactly.
 */
public final class TextReader implements Reader {
    private static final long serialVersionUID = 1L;

    /** Of one text; it may be in quotes and have many lines. */
    private static final int MOST_CHARACTERS = 1 << 20;

    /**
     * Kind {@code text}.
     *
     * @param paths files, patterns or directories; sorted by name within each entry
     * @param text the column of texts
     * @param label the column of class indices or class names, empty where a row has none; nothing where no row has a label
     * @param id the column of whole numbers that tell the samples apart; without one, the file's name and the row do
     * @param length tokens of each sample: longer texts are cut, shorter ones padded
     * @param vocabulary how many different tokens have ids at most: the most frequent of the training texts
     * @param vocabularyFile has the tokens instead, one per line
     * @param delimiter one character
     * @param classes how many classes there are; needless beside their names
     * @param classNames by class index
     * @param limit only the first so many samples
     */
    public record Settings(
            @FilePath List<String> paths,
            String text,
            Optional<String> label,
            Optional<String> id,
            int length,
            int vocabulary,
            @FilePath Optional<String> vocabularyFile,
            String delimiter,
            Optional<Integer> classes,
            List<String> classNames,
            Optional<Long> limit)
            implements ReaderSettings, PartlyIdle {
        public Settings {
            paths = List.copyOf(paths);
            classNames = List.copyOf(classNames);
            SettingsChecks.paths("paths", paths);
            SettingsChecks.name("text", text);
            SettingsChecks.name("label", label);
            SettingsChecks.limit(limit);
            ClassNames.check(classes, classNames);
            if (label.isPresent() && text.equals(label.get())) {
                throw new SettingException("text", "must be another column than label, was " + text);
            }
            if (length < 1 || length > 1 << 16) {
                throw new SettingException("length", "must be in [1, 65536] tokens, was " + length);
            }
            if (vocabulary < 1 || vocabulary > Vocabulary.MAX_TOKENS) {
                throw new SettingException(
                        "vocabulary",
                        "must be in [1, " + Vocabulary.MAX_TOKENS + "] tokens, for ids have 16 bits, was "
                                + vocabulary);
            }
            if (delimiter.length() != 1) {
                throw new SettingException("delimiter", "must be one character, was \"" + delimiter + "\"");
            }
        }

        @Override
        public Map<String, String> idle() {
            return vocabularyFile.isPresent() ? Map.of("vocabulary", "vocabulary-file has the tokens") : Map.of();
        }

        @Override
        public Map<String, List<String>> files() {
            Map<String, List<String>> files = new LinkedHashMap<>(Map.of("paths", paths));
            vocabularyFile.ifPresent(file -> files.put("vocabulary-file", List.of(file)));
            return files;
        }

        @Override
        public Reader reader() {
            return new TextReader(this);
        }

        @Override
        public ColumnRoles roles(List<String> header) {
            return ColumnRoles.of(header, List.of(text), label, id);
        }
    }

    private final List<String> paths;
    private final String text;
    /** Empty, or one column. */
    private final List<String> label;
    /** Empty, or one column. */
    private final List<String> id;

    private final int length;
    private final int vocabulary;
    /** Empty, or one path. */
    private final List<String> vocabularyFile;

    private final char delimiter;
    private final List<String> classNames;

    public TextReader(Settings settings) {
        this.paths = settings.paths();
        this.text = settings.text();
        this.label = settings.label().stream().toList();
        this.id = settings.id().stream().toList();
        this.length = settings.length();
        this.vocabulary = settings.vocabulary();
        this.vocabularyFile = settings.vocabularyFile().stream().toList();
        this.delimiter = settings.delimiter().charAt(0);
        this.classNames = ClassNames.of(settings.classes(), settings.classNames());
    }

    @Override
    public List<Split> splits(Storage storage) {
        return SourceFiles.splits(SourceFiles.find(storage, paths));
    }

    /** Its vocabulary is that of the file, or one that stands in for that of the training texts, which sharding makes. */
    @Override
    public Schema schema(Storage storage, List<Split> splits) {
        try (CsvFile first = open(storage, splits.get(0))) {
            first.column("text", text);
            label.forEach(name -> first.column("label", name));
        }
        Vocabulary known = vocabularyFile.stream()
                .map(file -> Vocabulary.read(storage.read(new Path(file), Vocabulary.MAX_BYTES), file))
                .findFirst()
                .orElseGet(() -> Vocabulary.standIn(vocabulary));
        Target target = ClassNames.target(!label.isEmpty(), classNames);
        return new Schema(Shape.vector(length), DataType.UINT16, target, known, List.of());
    }

    @Override
    public List<String> header(Storage storage, Split split) {
        try (CsvFile file = open(storage, split)) {
            return file.header();
        }
    }

    @Override
    public SampleStream open(Storage storage, Split split, Schema schema) {
        CsvFile file = open(storage, split);
        try {
            return new Rows(file, split, schema);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public List<String> labels(Storage storage, Split split, int most) {
        if (label.isEmpty()) {
            return List.of();
        }
        try (CsvFile file = open(storage, split)) {
            return file.texts(file.column("label", label.get(0)), most);
        }
    }

    /** The rows, whose values are not looked at. */
    @Override
    public long count(Storage storage, Split split, Schema schema) {
        try (CsvFile file = open(storage, split)) {
            return file.remaining();
        }
    }

    /**
     * Goes through the texts of a split, without their labels.
     *
     * @param most rows at most
     * @return how many there were
     */
    public long texts(Storage storage, Split split, long most, Consumer<String> hears) {
        try (CsvFile file = open(storage, split)) {
            int column = file.column("text", text);
            long rows = 0;
            while (rows < most && file.next()) {
                hears.accept(file.text(column));
                rows++;
            }
            return rows;
        }
    }

    private CsvFile open(Storage storage, Split split) {
        return new CsvFile(storage, split.files().get(0).path(), delimiter, MOST_CHARACTERS);
    }

    private final class Rows implements SampleStream {
        private final CsvFile file;
        private final Schema schema;
        private final CsvLabels labels;
        private final int textColumn;
        private final int idColumn;
        private long nextId;
        private long cut;

        Rows(CsvFile file, Split split, Schema schema) {
            this.file = file;
            this.schema = schema;
            this.labels = new CsvLabels(file, schema, label);
            this.textColumn = file.column("text", text);
            this.idColumn = id.isEmpty() ? -1 : file.column("id", id.get(0));
            this.nextId = split.firstId();
        }

        @Override
        public Samples read(int most) {
            SampleColumns samples = new SampleColumns(schema, most);
            while (!samples.isFull() && file.next()) {
                int label = labels.next();
                samples.add(idColumn < 0 ? nextId++ : file.id(idColumn), label, ids(file.text(textColumn)));
            }
            return samples.samples();
        }

        private float[] ids(String words) {
            float[] ids = new float[length];
            int at = 0;
            List<String> tokens = Tokens.of(words, length + 1);
            for (String token : tokens.subList(0, Math.min(length, tokens.size()))) {
                ids[at++] = schema.vocabulary().id(token);
            }
            cut += tokens.size() > length ? 1 : 0;
            return ids;
        }

        @Override
        public long cut() {
            return cut;
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
