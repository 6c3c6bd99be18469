package io.retort.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.Column;
import io.retort.data.DataType;
import io.retort.data.Labels;
import io.retort.data.Rows;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.Target;
import io.retort.data.source.Reader.RowStream;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.network.Shape;
import io.retort.network.Signature;
import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvReaderTest implements ReaderContract {
    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve("samples.csv");
    }

    @Override
    public FileSource.Settings source(Path folder) throws IOException {
        Files.writeString(folder.resolve("a.csv"), "class,x,y\n0,1,2\n1,3,4\n2,5,6\n0,7,8\n");
        // The same columns in another order, and no line end at the end.
        Files.writeString(folder.resolve("b.csv"), "y,class,x\n1.5,1,-2\n1e3,0,.25\n9,2,8");
        return new Builder(folder + "/*.csv").settings();
    }

    @Test
    void findsColumnsByNameInEveryFile() throws IOException {
        assertThat(ReaderContract.described(
                        ReaderContract.read(source(directory).reader(), 10)))
                .containsExactly(
                        "0: [1.0, 2.0]",
                        "1: [3.0, 4.0]",
                        "2: [5.0, 6.0]",
                        "0: [7.0, 8.0]",
                        "1: [-2.0, 1.5]",
                        "0: [0.25, 1000.0]",
                        "2: [8.0, 9.0]");
    }

    @Test
    void readsImagesOfBytesWithIdsAndNamedClasses() throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("\uFEFFp1;p0;id;what;unused\r\n255;0;17;\"a \"\"cat\"\"\";#\r\n\r\n1;2;-4;dog;\r\n"
                    .getBytes(StandardCharsets.UTF_8));
        }
        Builder source = new Builder(file.toString());
        source.delimiter = ";";
        source.label = "what";
        source.id = Optional.of("id");
        source.features = List.of("p0", "p1");
        source.shape = List.of(2, 1, 1);
        source.element = DataType.UINT8;
        source.classes = Optional.empty();
        source.classNames = List.of("dog", "a \"cat\"");
        Samples samples = ReaderContract.read(source.settings().reader(), 10).get(0);
        assertThat(samples.schema())
                .isEqualTo(new Schema(
                        new Column.NumberColumn(
                                Schema.FEATURES, DataType.UINT8, Shape.image(2, 1, 1), List.of("p0", "p1")),
                        new Target.ClassTarget(source.classNames)));
        assertThat(samples.ids()).containsExactly(17, -4);
        assertThat(samples.labels().classes()).containsExactly(1, 0);
        assertThat(samples.features()).containsExactly(0, 255, 2, 1);
    }

    @Test
    void refusesNumbersThatAreNone() throws IOException {
        String decimal = "; write hexadecimal numbers in decimal";
        String separators = "; write numbers without thousands separators, and with a point before decimals";
        String categories = "; name a column of categories in categories";
        Map<String, String> remedies = new TreeMap<>(Map.of("0x1p3", decimal, "-0xFF", decimal, "1e40", ""));
        for (String text : List.of("NaN", "Infinity", "-inf")) {
            remedies.put(text, "; replace it, or set missing = [\"" + text + "\"] to take it for missing");
        }
        List.of("1,234.5", "1.234,5", "1,5", "-1 234 567", "1'000").forEach(text -> remedies.put(text, separators));
        List.of("abc", "1f", "1.2.3", "1\0", "\0001", "1\0001").forEach(text -> remedies.put(text, categories));
        for (Map.Entry<String, String> each : remedies.entrySet()) {
            Files.writeString(file, "class,x,y\n0,1,2\n\n1,3,\"" + each.getKey() + "\"\n");
            refuses("file:" + file + ":4 column y: must be a finite number, was \"" + each.getKey() + "\""
                    + each.getValue());
        }
        Files.writeString(file, "class,x,y\n0,1\0,2\n");
        refuses("file:" + file + ":2 column x: must be a finite number, was \"1\0\"" + categories);
        Files.writeString(file, "class,x,y\n0,,2\n");
        refuses("file:" + file + ":2 column x: must be a finite number, was empty"
                + "; where numbers may be missing, set missing = [\"\"]");
    }

    @Test
    void refusesWhatIsNoByte() throws IOException {
        Builder source = new Builder(file.toString());
        source.element = DataType.UINT8;
        for (String text : List.of("256", "-1", "0.5")) {
            Files.writeString(file, "class,x\n0," + text + "\n");
            refuses(source, "file:" + file + ":2 column x: must be a whole number from 0 to 255, was \"" + text + "\"");
        }
    }

    @Test
    void refusesLabelsThatAreNoClass() throws IOException {
        for (String text : List.of("3", "-1", "1.5")) {
            Files.writeString(file, "class,x\n0,1\n" + text + ",1\n");
            refuses("file:" + file + ":3 column class: must be a class index from 0 to 2, was \"" + text + "\"");
        }
        Builder source = new Builder(file.toString());
        source.classes = Optional.empty();
        source.classNames = List.of("cat", "dog");
        refuses(
                source,
                "file:" + file
                        + ":3 column class: must be a class index from 0 to 1 or one of the class names [cat, dog],"
                        + " was \"cow\"",
                "class,x\ncat,1\ncow,1\n");
    }

    @Test
    void saysWhatToDoAboutLabelsThatAreNone() throws IOException {
        Files.writeString(file, "class,x\n0,1\nyes,2\n");
        refuses("file:" + file
                + ":3 column class: must be a class index from 0 to 2, was \"yes\"; labels that are names need"
                + " class-names");
    }

    @Test
    void emptyFieldIsNoLabel() throws IOException {
        Files.writeString(file, "class,x\n0,1\n,2\n2,3\n");
        Samples samples = ReaderContract.read(
                        new Builder(file.toString()).settings().reader(), 10)
                .get(0);
        assertThat(samples.labels().classes()).containsExactly(0, Labels.NONE, 2);
        assertThat(samples.schema().target()).isEqualTo(new Target.ClassTarget(List.of("0", "1", "2")));
    }

    @Test
    void sourceWithoutALabelColumnHasRowsWithoutLabels() throws IOException {
        Files.writeString(file, "a,x\n0,1\n5,2\n");
        Builder source = new Builder(file.toString());
        source.label = null;
        Reader reader = source.settings().reader();
        Samples samples = ReaderContract.read(reader, 10).get(0);
        assertThat(samples.labels().classes()).containsExactly(Labels.NONE, Labels.NONE);
        assertThat(samples.schema().target()).isEqualTo(new Target.NoTarget(List.of("0", "1", "2")));
        assertThat(samples.schema().input().names()).containsExactly("a", "x");
        assertThat(source.settings()
                        .roles(new Source.Header("a.csv", List.of("a", "x")))
                        .labels())
                .isEmpty();
        assertThat(reader.labels(
                        ReaderContract.STORAGE,
                        reader.splits(ReaderContract.STORAGE).get(0),
                        5))
                .isEmpty();
    }

    @Test
    void warnsOfWholeNumbersThatLoseDigits() throws IOException {
        Reader reader = new Builder(directory.toString()).settings().reader();
        for (String wrong : List.of("16777217", "-16777217", "+20000001", "1700000001", "9007199254740993")) {
            Files.writeString(file, "class,x\n0,1\n0," + wrong + "\n0,20000003\n");
            assertThat(ReaderContract.rounded(reader, 10))
                    .hasValue("file:" + file + ":3 column x: " + wrong
                            + " is a whole number of more digits than 32-bit floats hold"
                            + " (all up to 16777216), so it is rounded; leave out ids and times, and scale quantities");
        }
        assertThat(ReaderContract.rounded(reader, 1)).isEmpty();
        Files.writeString(directory.resolve("a.csv"), "class,x\n0,1\n");
        assertThat(ReaderContract.rounded(reader, 2)).isPresent();
        Files.delete(directory.resolve("a.csv"));
        Files.writeString(
                file, "class,x\n0,16777216\n0,-16777218\n0,1000000000\n0,16777217.0\n0,1.7000000001e9\n0,8388608.3\n");
        assertThat(ReaderContract.described(ReaderContract.read(
                        new Builder(file.toString()).settings().reader(), 10)))
                .containsExactly(
                        "0: [1.6777216E7]",
                        "0: [-1.6777218E7]",
                        "0: [1.0E9]",
                        "0: [1.6777216E7]",
                        "0: [1.7E9]",
                        "0: [8388608.0]");
        assertThat(ReaderContract.rounded(reader, 10)).isEmpty();
    }

    @Test
    void takesNumbersForNamesWhereClassesHaveNumbersForNames() throws IOException {
        Builder source = new Builder(file.toString());
        source.classes = Optional.empty();
        source.classNames = List.of("1", "2");
        refuses(
                source,
                "file:" + file + ":4 column class: must be one of the class names [1, 2], was \"0\"",
                "class,x\n1,1\n2,1\n0,1\n");
    }

    @Test
    void refusesIdsThatAreNone() throws IOException {
        Builder source = new Builder(file.toString());
        source.id = Optional.of("x");
        refuses(
                source,
                "file:" + file + ":2 column x: must be a whole number of at most 64 bits, one for the sign, was"
                        + " \"1.0\"",
                "class,x,y\n0,1.0,2\n");
    }

    @Test
    void refusesRowsOfAnotherWidth() throws IOException {
        Files.writeString(file, "class,x,y\n0,1,2\n0,1\n");
        refuses("file:" + file + ":3 has 2 values, but the header names 3 columns");
    }

    /** As editors leave a file of which they changed some lines. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "class,x,y\r\n0,1,2\n1,3,4\n",
                "class,x,y\n0,1,2\r\n1,3,4\r\n",
                "class,x,y\r\n0,1,2\n1,3,4\r\n",
                "class,x,y\r0,1,2\r1,3,4\r"
            })
    void readsLinesThatEndInSeveralWays(String content) throws IOException {
        Files.writeString(file, content);
        Builder source = new Builder(file.toString());
        assertThat(ReaderContract.described(
                        ReaderContract.read(source.settings().reader(), 10)))
                .containsExactly("0: [1.0, 2.0]", "1: [3.0, 4.0]");
    }

    /** Also of a CRLF across two of the pieces that are read, each of a million characters. */
    @ParameterizedTest
    @ValueSource(strings = {"", "a"})
    void keepsLinesOfATextAsLineFeeds(String before) throws IOException {
        Files.writeString(file, "class,x,note\r\n0,1,\"" + before + "\r\n".repeat(600_000) + "\"\r\n");
        Builder source = new Builder(file.toString());
        source.columns = List.of(new FurtherColumn("note", FurtherColumn.Type.TEXT, Optional.empty()));
        Reader reader = source.settings().reader();
        List<Split> splits = reader.splits(ReaderContract.STORAGE);
        Schema schema = reader.schema(ReaderContract.STORAGE, splits);
        try (RowStream stream = reader.open(ReaderContract.STORAGE, splits.get(0), schema)) {
            assertThat(stream.read(10).texts("note")[0].equals(before + "\n".repeat(600_000)))
                    .isTrue();
        }
    }

    @Test
    void refusesAMissingColumn() throws IOException {
        Files.writeString(file, "klass,x,y\n0,1,2\n");
        refuses("file:" + file + " has no column class for the label; its columns are [klass, x, y]");
        Builder source = new Builder(file.toString());
        source.features = List.of("x", "z");
        refuses(
                source,
                "file:" + file + " has no column z for the feature; its columns are [class, x, y]",
                "class,x,y\n0,1,2\n");
    }

    @Test
    void refusesTwoColumnsOfOneName() throws IOException {
        Files.writeString(file, "class,x,x\n0,1,2\n");
        refuses("file:" + file
                + ": columns 2 and 3 are both named 'x'; give each a name of its own, or name the feature"
                + " columns in features");
        Builder source = new Builder(file.toString());
        source.features = List.of("x");
        refuses(source, "file:" + file + " has two columns x; the feature needs one");
    }

    /** The index that pandas writes, an index that was read and written again, and the column behind a delimiter too many. */
    @Test
    void refusesAColumnWithoutAName() throws IOException {
        String rest = " and would be a feature; pandas writes its index so: write it with index=False, or name the"
                + " feature columns in features";
        refuses(new Builder(file.toString()), "file:" + file + ": column 1 has no name" + rest, ",x,class\n0,1,2\n");
        refuses(
                new Builder(file.toString()),
                "file:" + file + ": column 2 is named 'Unnamed: 0', as pandas calls one without a name," + rest,
                "class,Unnamed: 0,x\n0,1,2\n");
        refuses(new Builder(file.toString()), "file:" + file + ": column 3 has no name" + rest, "x,class,\n0,1,\n");
        Builder named = new Builder(file.toString());
        named.features = List.of("x");
        assertThat(ReaderContract.described(ReaderContract.read(named.settings().reader(), 10)))
                .containsExactly("1: [0.0]");
    }

    @Test
    void holdsTheNamesOfItsFeatures() throws IOException {
        Reader reader = source(directory).reader();
        Schema schema = reader.schema(ReaderContract.STORAGE, reader.splits(ReaderContract.STORAGE));
        assertThat(schema.input().names()).containsExactly("x", "y");
        assertThat(schema.signature()).isEqualTo(new Signature(List.of("x", "y"), List.of()));
        Reader other = source(directory).withElements(List.of("y", "x")).reader();
        assertThat(ReaderContract.described(ReaderContract.read(other, 10)))
                .contains("0: [2.0, 1.0]", "1: [1.5, -2.0]");
    }

    @Test
    void refusesAnEmptyFile() throws IOException {
        Files.createFile(file);
        refuses("file:" + file + " must begin with a header that names the columns, but its first line is empty");
    }

    @Test
    void refusesAFileWithoutFeatures() throws IOException {
        Files.writeString(file, "class\n0\n");
        refuses("file:" + file + " has no columns but label and id; features need at least one");
    }

    @Test
    void refusesAShapeThatDoesNotFit() throws IOException {
        Builder source = new Builder(file.toString());
        source.shape = List.of(1, 2, 2);
        refuses(source, "file:" + file + " has 2 feature columns, but shape [1, 2, 2] needs 4", "class,x,y\n0,1,2\n");
    }

    @Test
    void refusesSettings() {
        Builder source = new Builder("samples.csv");
        source.delimiter = "";
        assertThatThrownBy(source::settings).hasMessage("delimiter must be one character, was \"\"");
        source.delimiter = ",";
        source.features = List.of("x", "class");
        assertThatThrownBy(source::settings).hasMessage("features must not name the label column class");
        source.features = List.of("x", "x");
        assertThatThrownBy(source::settings).hasMessage("features must name each column once, was [x, x]");
        source.features = List.of();
        source.shape = List.of(2, 3);
        assertThatThrownBy(source::settings)
                .hasMessage(
                        "shape must be [features] or [channels, height, width], each at least 1, of at most 2^31 - 1 values,"
                                + " was [2, 3]");
        source.shape = List.of(28, 28, 1);
        assertThatThrownBy(source::settings)
                .hasMessage("shape must be [channels, height, width], was [28, 28, 1], which looks like [height, width,"
                        + " channels]; write [1, 28, 28]");
        source.shape = List.of(8, 8, 3);
        assertThatThrownBy(source::settings)
                .hasMessage("shape must be [channels, height, width], was [8, 8, 3], which looks like [height, width,"
                        + " channels]; write [3, 8, 8], and store the values channel by channel");
        source.shape = List.of(12, 1000, 1);
        assertThat(source.settings()).isNotNull();
        source.shape = List.of();
        source.label = " ";
        assertThatThrownBy(source::settings).hasMessage("label must be the name of a column, was empty");
    }

    @Test
    void keepsFurtherColumnsBesideTheFeatures() throws IOException {
        Files.writeString(file, "a,class,city,price,b\n1,0,Porto,9.5,2\n3,1,,7,4\n");
        Builder source = new Builder(file.toString());
        source.columns = List.of(
                new FurtherColumn("city", FurtherColumn.Type.TEXT, Optional.empty()),
                new FurtherColumn("price", FurtherColumn.Type.FLOAT32, Optional.empty()));
        Reader reader = source.settings().reader();
        List<Split> splits = reader.splits(ReaderContract.STORAGE);
        Schema schema = reader.schema(ReaderContract.STORAGE, splits);
        assertThat(schema.input().names()).containsExactly("a", "b");
        try (RowStream stream = reader.open(ReaderContract.STORAGE, splits.get(0), schema)) {
            Rows rows = stream.read(10);
            assertThat(rows.texts("city")).containsExactly("Porto", "");
            float[] prices = new float[2];
            DataType.FLOAT32.decode(rows.numbers("price"), 0, prices, 0, 2);
            assertThat(prices).containsExactly(9.5f, 7);
            assertThat(rows.labels().classes()).containsExactly(0, 1);
        }
        assertThat(source.settings()
                        .roles(new Source.Header("a.csv", List.of("a", "class", "city", "price", "b")))
                        .ignored())
                .isEmpty();
        Files.writeString(file, "a,class,city,price,b\n1,0,Porto,cheap,2\n");
        refuses(source, "file:" + file + ":2 column price: must be a finite number, was \"cheap\"");
        source.columns = List.of(new FurtherColumn("class", FurtherColumn.Type.TEXT, Optional.empty()));
        assertThatThrownBy(source::settings)
                .hasMessage("columns must name columns that are nothing else, each once, was [class]");
        source.columns = List.of(new FurtherColumn("city", FurtherColumn.Type.FLOAT32, Optional.of(3)));
        assertThatThrownBy(source::settings)
                .hasMessageContaining("columns[0].width must not be set, for a column of CSV has one value");
        assertThatThrownBy(() -> new FurtherColumn("city", FurtherColumn.Type.TEXT, Optional.of(3)))
                .hasMessageContaining("width must not be set for texts");
    }

    private void refuses(String message) {
        refuses(new Builder(file.toString()), message);
    }

    private void refuses(Builder source, String message, String content) throws IOException {
        Files.writeString(file, content);
        refuses(source, message);
    }

    private static void refuses(Builder source, String message) {
        assertThatThrownBy(() -> ReaderContract.read(source.settings().reader(), 10))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(message);
    }

    /** Settings, of which most tests change few. */
    private static final class Builder {
        private final String path;
        private String label = "class";
        private Optional<String> id = Optional.empty();
        private List<String> features = List.of();
        private List<FurtherColumn> columns = List.of();
        private List<Integer> shape = List.of();
        private String delimiter = ",";
        private DataType element = DataType.FLOAT32;
        private Optional<Integer> classes = Optional.of(3);
        private List<String> classNames = List.of();

        Builder(String path) {
            this.path = path;
        }

        FileSource.Settings settings() {
            return new CsvSettings(
                    List.of(path),
                    Optional.ofNullable(label),
                    id,
                    features,
                    columns,
                    shape,
                    delimiter,
                    element,
                    classes,
                    classNames,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }
    }
}
