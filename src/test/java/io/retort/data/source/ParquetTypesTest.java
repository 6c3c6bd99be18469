package io.retort.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.DataType;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.source.Reader.RowStream;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.network.Shape;
import io.retort.storage.ArtifactException;
import io.retort.storage.ParquetRows;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every type that a column of Parquet may have is read as the file says, or refused by column and type. */
class ParquetTypesTest {
    /** Enough of the same values that a dictionary is smaller than they are. */
    private static final int ROWS = 40;

    @TempDir
    private Path directory;

    /**
     * Two values of a type, and what they are as features, or what the refusal says.
     *
     * @param type as parquet-mr spells it, without the column's name
     */
    private record Case(String type, Object first, Object second, String expected) {
        String element() {
            int annotation = type.indexOf(" (");
            return annotation < 0
                    ? type + " element"
                    : type.substring(0, annotation) + " element" + type.substring(annotation);
        }

        @Override
        public String toString() {
            return type + ": " + first + ", " + second;
        }
    }

    private static Stream<Case> numbers() {
        return Stream.of(
                new Case("boolean", true, false, "[1.0, 0.0]"),
                new Case("int32", -3, 16777216, "[-3.0, 1.6777216E7]"),
                new Case("int32 (INTEGER(8,true))", -128, 127, "[-128.0, 127.0]"),
                new Case("int32 (INTEGER(16,true))", -32768, 32767, "[-32768.0, 32767.0]"),
                new Case("int32 (INTEGER(32,true))", Integer.MIN_VALUE, 1, "[-2.14748365E9, 1.0]"),
                new Case("int32 (INTEGER(8,false))", 0, 255, "[0.0, 255.0]"),
                new Case("int32 (INTEGER(16,false))", 0, 65535, "[0.0, 65535.0]"),
                new Case(
                        "int32 (INTEGER(32,false))",
                        (int) 3_000_000_000L,
                        (int) 4_294_967_040L,
                        "[3.0E9, 4.29496704E9]"),
                new Case("int64", -3L, 1L << 62, "[-3.0, 4.611686E18]"),
                new Case("int64 (INTEGER(64,true))", Long.MIN_VALUE, 1L, "[-9.223372E18, 1.0]"),
                new Case("int64 (INTEGER(64,false))", Long.MIN_VALUE, -(1L << 40), "[9.223372E18, 1.8446743E19]"),
                new Case("float", 0.1f, -1e30f, "[0.1, -1.0E30]"),
                new Case("double", 0.1, 123456789.25, "[0.1, 1.23456792E8]"),
                new Case("int32 (DECIMAL(9,2))", -125, 9999, "[-1.25, 99.99]"),
                new Case("int32 (DECIMAL(9,0))", -125, 9999, "[-125.0, 9999.0]"),
                new Case("int64 (DECIMAL(18,4))", -12500L, 123456789012345678L, "[-1.25, 1.2345679E13]"),
                new Case(
                        "binary (DECIMAL(30,3))",
                        bytes("-1250"),
                        bytes("123456789012345678901234567890"),
                        "[-1.25, 1.2345679E26]"),
                new Case(
                        "fixed_len_byte_array(3) (DECIMAL(5,2))",
                        fixed("-250", 3),
                        fixed("99999", 3),
                        "[-2.5, 999.99]"),
                new Case(
                        "fixed_len_byte_array(16) (DECIMAL(38,0))",
                        fixed("-7", 16),
                        fixed("18446744073709551616", 16),
                        "[-7.0, 1.8446744E19]"));
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void readsNumbersAsTheirTypeSays(Case one) throws IOException {
        for (String column : List.of(
                "optional group f (LIST) { repeated group list { optional " + one.element() + "; } }",
                "required group f (LIST) { repeated group list { required " + one.element() + "; } }",
                "optional group f (LIST) { repeated " + one.element() + "; }",
                "repeated " + one.element().replace(" element", " f") + ";")) {
            for (boolean dictionary : new boolean[] {false, true}) {
                Path file = write(column, one, dictionary);
                assertThat(ReaderContract.described(ReaderContract.read(settings(file, DataType.FLOAT32, "label"), 7)))
                        .as(column + (dictionary ? " with a dictionary" : ""))
                        .hasSize(ROWS)
                        .containsOnly("0: " + one.expected());
                assertThat(ReaderContract.rounded(settings(file, DataType.FLOAT32, "label"), 7))
                        .isEmpty();
            }
        }
    }

    private static Stream<Case> wholeNumbersThatFloatsDoNotHold() {
        return Stream.of(
                new Case("int32", 1, 16777217, "16777217"),
                new Case("int32 (INTEGER(32,false))", 1, (int) 3_000_000_577L, "3000000577"),
                new Case("int32 (INTEGER(32,true))", 1, Integer.MIN_VALUE + 1, "-2147483647"),
                new Case("int32 (INTEGER(32,false))", 1, -1, "4294967295"),
                new Case("int64", 1L, 1_700_000_000_123L, "1700000000123"),
                new Case("int64", 1L, (1L << 53) + 1, "9007199254740993"),
                new Case("int64", 1L, Long.MAX_VALUE, "9223372036854775807"),
                new Case("int64 (INTEGER(64,false))", 1L, -1L, "18446744073709551615"),
                new Case("int64 (DECIMAL(18,0))", 1L, 20000001L, "20000001"),
                new Case(
                        "fixed_len_byte_array(16) (DECIMAL(38,0))",
                        fixed("1", 16),
                        fixed("18446744073709551617", 16),
                        "18446744073709551617"));
    }

    @ParameterizedTest
    @MethodSource("wholeNumbersThatFloatsDoNotHold")
    void warnsOfWholeNumbersThatLoseDigits(Case one) throws IOException {
        Path file =
                write("optional group f (LIST) { repeated group list { optional " + one.element() + "; } }", one, true);
        Reader reader = settings(file, DataType.FLOAT32, "label");
        assertThat(ReaderContract.rounded(reader, 7))
                .hasValue("file:" + file + " row 0 column f: value 1, " + one.expected()
                        + ", is a whole number of more digits"
                        + " than 32-bit floats hold (all up to 16777216), so it is rounded; leave out ids and times, and scale"
                        + " quantities");
        assertThat(ReaderContract.described(ReaderContract.read(reader, 7)))
                .hasSize(ROWS)
                .containsOnly("0: [1.0, " + Float.parseFloat(one.expected()) + "]");
    }

    private static Stream<Case> others() {
        return Stream.of(
                new Case("int32 (DATE)", 1, 2, "array<date>: transform(f, x -> month(x))"),
                new Case("int32 (TIME(MILLIS,true))", 1, 2, "Illegal Parquet type: INT32 (TIME(MILLIS,true))"),
                new Case("int64 (TIMESTAMP(MICROS,false))", 1L, 2L, "array<timestamp_ntz>: transform(f, x -> hour(x))"),
                new Case(
                        "int64 (TIMESTAMP(NANOS,true))", 1L, 2L, "Illegal Parquet type: INT64 (TIMESTAMP(NANOS,true))"),
                new Case("int96", fixed("1", 12), fixed("2", 12), "array<timestamp>: transform(f, x -> hour(x))"),
                new Case("binary (STRING)", text("1"), text("2"), "array<string>: CAST(f AS ARRAY<DOUBLE>)"),
                new Case("binary (JSON)", text("1"), text("2"), "array<string>: CAST(f AS ARRAY<DOUBLE>)"),
                new Case("binary (ENUM)", text("1"), text("2"), "array<string>: CAST(f AS ARRAY<DOUBLE>)"),
                new Case("binary", text("1"), text("2"), "array<binary>: make numbers of it in select"),
                new Case(
                        "fixed_len_byte_array(16) (UUID)",
                        fixed("1", 16),
                        fixed("2", 16),
                        "Illegal Parquet type: FIXED_LEN_BYTE_ARRAY (UUID)"),
                new Case(
                        "fixed_len_byte_array(12) (INTERVAL)",
                        fixed("1", 12),
                        fixed("2", 12),
                        "Parquet type not yet supported: FIXED_LEN_BYTE_ARRAY (INTERVAL)"));
    }

    @ParameterizedTest
    @MethodSource("others")
    void refusesFeaturesOfOtherTypesByColumnAndType(Case one) throws IOException {
        Path file =
                write("optional group f (LIST) { repeated group list { optional " + one.element() + "; } }", one, true);
        String[] expected = one.expected().split(": ", 2);
        boolean isKnown = one.expected().startsWith("array");
        String[] parts = isKnown
                ? new String[] {
                    " column f is of type " + expected[0] + ": a feature must be an array of numbers", expected[1]
                }
                : new String[] {
                    "; its column f is not read, since Spark says: " + one.expected(), "Write it as another type"
                };
        for (String part : parts) {
            refuses(file, DataType.FLOAT32, part);
        }
        if (!one.type().equals("binary")) {
            Path scalar = write("required " + one.element().replace(" element", " f") + ";", one, false);
            refuses(
                    scalar,
                    DataType.FLOAT32,
                    isKnown
                            ? ": a feature must be an array of numbers"
                            : "; its column f is not read, since Spark says: ");
        }
    }

    @Test
    void refusesColumnsThatAreNoListOfNumbersWithARemedy() throws IOException {
        for (String[] one : new String[][] {
            {"required double f;", "put the columns of numbers into one array column, in Spark with array(a, b, ...)"},
            {"required int32 f (INTEGER(32,false));", "put the columns of numbers into one array column"},
            {
                "required int32 f;",
                "put the columns of numbers into one array column, in Spark with array(a, b, ...), or let"
            },
            {
                "optional group f (LIST) { repeated group list { optional group element (LIST) { repeated group list {"
                        + " optional float element; } } } }",
                "with kind = spark, make one list of numbers of it in select, such as flatten(f)"
            },
            {
                "optional group f (MAP) { repeated group key_value { required binary key (STRING); optional double value; } }",
                "with kind = spark, take its values in select, such as f['key']"
            },
            {
                "optional group f { optional binary bytes; optional binary path (STRING); }",
                "or name it in image, where its bytes are picture files"
            },
            {"optional group f { optional double x; optional double y; }", "take its fields in select, such as f.name"},
        }) {
            Path file = directory.resolve("remedy.parquet");
            Files.deleteIfExists(file);
            try (ParquetWriter<Group> writer = writer(file, schema(one[0]), false)) {
                assertThat(writer).isNotNull();
            }
            refuses(file, DataType.FLOAT32, one[1]);
        }
    }

    @Test
    void labelsAndIdsAreWhatTheirTypeSays() throws IOException {
        String list = "repeated float f; ";
        for (String[] one : new String[][] {
            {"required int32 label (INTEGER(32,false)); required int64 id;", "was 4294967295"},
            {"required int64 label (INTEGER(64,false)); required int64 id;", "was 18446744073709551615"},
        }) {
            MessageType schema = schema(list + one[0], "");
            Path file = directory.resolve("label.parquet");
            Files.deleteIfExists(file);
            try (ParquetWriter<Group> writer = writer(file, schema, false)) {
                Group row = new SimpleGroup(schema);
                row.add("f", 1f);
                add(
                        row,
                        "label",
                        schema.getType("label").toString().startsWith("required int32")
                                ? -1
                                : (Object) Long.valueOf(-1));
                row.add("id", 1L);
                writer.write(row);
            }
            refuses(file, DataType.FLOAT32, " row 0 column label: must be a class index from 0 to 2, " + one[1]);
        }
        for (Object[] one : new Object[][] {
            {"required int32 id (INTEGER(32,false));", -1, "4294967295"},
            {"required int64 id (INTEGER(64,false));", 5L, "5"},
            {"required int64 id (DECIMAL(18,0));", 7L, "7"},
            {"required fixed_len_byte_array(16) id (DECIMAL(38,0));", fixed("-9", 16), "-9"},
        }) {
            Path file = labelled(list + "required int32 label (DECIMAL(9,1)); " + one[0], 20, one[1]);
            Samples samples = ReaderContract.read(settings(file, DataType.FLOAT32, "label", "id"), 7)
                    .get(0);
            assertThat(samples.ids()).containsExactly(Long.parseLong((String) one[2]));
            assertThat(samples.labels().classes()).containsExactly(2);
        }
        Path wide = labelled(list + "required int32 label; required int64 id (INTEGER(64,false));", 2, -1L);
        assertThatThrownBy(() -> ReaderContract.read(settings(wide, DataType.FLOAT32, "label", "id"), 7))
                .hasMessage("file:" + wide
                        + " row 0 column id: must be a whole number of at most 64 bits, one for the sign,"
                        + " was 18446744073709551615");
        for (String type : List.of("int64 id (TIMESTAMP(MILLIS,true))", "int32 id (DATE)", "double id")) {
            Path file = labelled(
                    list + "required int32 label; required " + type + ";",
                    2,
                    type.startsWith("int64") ? (Object) 1L : type.startsWith("int32") ? (Object) 1 : 1.0);
            assertThatThrownBy(() -> ReaderContract.read(settings(file, DataType.FLOAT32, "label", "id"), 7))
                    .isInstanceOf(ArtifactException.class)
                    .hasMessageContaining(
                            ": an id must be a whole number of at most 64 bits; with kind = spark, make one");
        }
    }

    @Test
    void readsEnumsAsTexts() throws IOException {
        Path file = labelled("repeated float f; required binary label (ENUM); required int64 id;", text("2"), 1L);
        assertThat(ReaderContract.read(settings(file, DataType.FLOAT32, "label"), 7)
                        .get(0)
                        .labels()
                        .classes())
                .containsExactly(2);
    }

    @Test
    void refusesBytesUnlessTheyAreMeant() throws IOException {
        Path file = binary(new byte[] {0, 0, (byte) 128, 63, 0, 0, 0, 64});
        assertThat(ReaderContract.described(ReaderContract.read(settings(file, DataType.UINT8, "label"), 7)))
                .containsExactly("1: [0.0, 0.0, 128.0, 63.0, 0.0, 0.0, 0.0, 64.0]");
        for (DataType element : List.of(DataType.FLOAT32, DataType.UINT16)) {
            refuses(
                    file,
                    element,
                    " column f is binary, each byte of which is a number from 0 to 255, but element is "
                            + element.name().toLowerCase(Locale.ROOT) + "; write element = uint8 if that is meant,"
                            + " or store other numbers as an array, such as array<float>");
        }
    }

    @Test
    void readsBytesOfAFixedLength() throws IOException {
        MessageType schema = schema("required fixed_len_byte_array(4) f;");
        Path file = directory.resolve("fixed.parquet");
        try (ParquetWriter<Group> writer = writer(file, schema, false)) {
            Group row = new SimpleGroup(schema);
            row.add("f", Binary.fromConstantByteArray(new byte[] {0, 1, (byte) 200, -1}));
            row.add("label", 1);
            writer.write(row);
        }
        assertThat(ReaderContract.described(ReaderContract.read(settings(file, DataType.UINT8, "label"), 7)))
                .containsExactly("1: [0.0, 1.0, 200.0, 255.0]");
    }

    /** DuckDB and pyarrow keep the fields of a vector, and not Spark's note that they are one. */
    @Test
    void readsVectorsWithoutSparksNote() throws IOException {
        MessageType schema = schema("optional group f { required int32 type (INTEGER(8,true)); optional int32 size;"
                + " optional group indices (LIST) { repeated group list { optional int32 element; } }"
                + " optional group values (LIST) { repeated group list { optional double element; } } }");
        Path file = directory.resolve("vectors.parquet");
        try (ParquetWriter<Group> writer = writer(file, schema, false)) {
            for (int i = 0; i < 3; i++) {
                Group row = new SimpleGroup(schema);
                Group vector = row.addGroup("f");
                vector.add("type", i == 0 ? 1 : 0);
                if (i > 0) {
                    vector.add("size", 2);
                    vector.addGroup("indices").addGroup("list").add("element", i);
                }
                Group values = vector.addGroup("values");
                values.addGroup("list").add("element", 5.0);
                if (i == 0) {
                    values.addGroup("list").add("element", 6.0);
                }
                row.add("label", 0);
                writer.write(row);
            }
        }
        Reader reader = settings(file, DataType.FLOAT32, "label");
        List<Split> splits = reader.splits(ReaderContract.STORAGE);
        Schema schemaOfRows = reader.schema(ReaderContract.STORAGE, splits);
        try (RowStream rows = reader.open(ReaderContract.STORAGE, splits.get(0), schemaOfRows)) {
            assertThat(ReaderContract.described(List.of(schemaOfRows.encode(rows.read(2)))))
                    .containsExactly("0: [5.0, 6.0]", "0: [0.0, 5.0]");
            assertThatThrownBy(() -> rows.read(1))
                    .isInstanceOf(ArtifactException.class)
                    .hasMessage("file:" + file + " row 2 column f: must have indices from 0 to 1, was 2");
        }
    }

    @Test
    void refusesPicturesThatAreFiles() throws IOException {
        for (String[] one : new String[][] {
            {"\u0089PNG\r\n\u001a\n....", "PNG"},
            {"\u00ff\u00d8\u00ff\u00e0...........\u00ff\u00d9", "JPEG"},
            {"GIF89a.........", "GIF"},
            {"RIFF....WEBPVP8 ", "WebP"},
            {"II*\0............", "TIFF"},
            {"BM\u0010\0\0\0..........", "BMP"},
            {"\u0093NUMPY........", "NumPy"},
        }) {
            byte[] bytes = one[0].getBytes(StandardCharsets.ISO_8859_1);
            refuses(
                    binary(bytes),
                    DataType.UINT8,
                    " row 0 column f: must hold " + bytes.length + " raw values, but is a " + one[1] + " file of "
                            + bytes.length
                            + " bytes; let kind = spark read it by image, or store its values, one byte each, channel by"
                            + " channel and in each row by row");
        }
        Path white = binary(new byte[] {-1, -40, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        assertThat(ReaderContract.read(settings(white, DataType.UINT8, "label"), 7))
                .hasSize(1);
    }

    /** Written by pyarrow; see the note beside it. */
    @Test
    void namesAColumnOfATypeThatParquetMrDoesNotKnow() throws IOException {
        Path file = directory.resolve("float16.parquet");
        try (InputStream in = getClass().getResourceAsStream("/parquet/float16.parquet")) {
            Files.write(file, in.readAllBytes());
        }
        String message =
                "file:" + file + " has a column half.list.element of type FLOAT16, which Spark 3.5's Parquet 1.13 does"
                        + " not know, so it reads no column of the file; cast that one to float32 or another type, or leave it out";
        refuses(file, DataType.FLOAT32, message);
        Reader reader = settings(file, DataType.FLOAT32, "label");
        List<Split> splits = reader.splits(ReaderContract.STORAGE);
        assertThatThrownBy(() -> reader.count(
                        ReaderContract.STORAGE,
                        splits.get(0),
                        new Schema(Shape.vector(2), DataType.FLOAT32, List.of("0", "1"))))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(message);
    }

    private void refuses(Path file, DataType element, String message) {
        assertThatThrownBy(() -> ReaderContract.read(settings(file, element, "label"), 7))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("file:" + file)
                .hasMessageContaining(message);
    }

    private Path binary(byte[] bytes) throws IOException {
        MessageType schema = schema("required binary f;");
        Path file = directory.resolve("binary.parquet");
        Files.deleteIfExists(file);
        try (ParquetWriter<Group> writer = writer(file, schema, false)) {
            Group row = new SimpleGroup(schema);
            row.add("f", Binary.fromConstantByteArray(bytes));
            row.add("label", 1);
            writer.write(row);
        }
        return file;
    }

    private Path labelled(String columns, Object label, Object id) throws IOException {
        MessageType schema = schema(columns, "");
        Path file = directory.resolve("labelled.parquet");
        Files.deleteIfExists(file);
        try (ParquetWriter<Group> writer = writer(file, schema, false)) {
            Group row = new SimpleGroup(schema);
            row.add("f", 1f);
            add(row, "label", label);
            add(row, "id", id);
            writer.write(row);
        }
        return file;
    }

    private Path write(String column, Case one, boolean dictionary) throws IOException {
        MessageType schema = schema(column);
        Path file = directory.resolve("f.parquet");
        Files.deleteIfExists(file);
        boolean scalar = column.startsWith("required") && schema.getType("f").isPrimitive();
        try (ParquetWriter<Group> writer = writer(file, schema, dictionary)) {
            for (int i = 0; i < ROWS; i++) {
                Group row = new SimpleGroup(schema);
                for (Object value : scalar ? List.of(one.first()) : List.of(one.first(), one.second())) {
                    if (schema.getType("f").isPrimitive()) {
                        add(row, "f", value);
                    } else {
                        Group list = row.getFieldRepetitionCount("f") == 0 ? row.addGroup("f") : row.getGroup("f", 0);
                        Group entry = list.getType().getType(0).isPrimitive() ? list : list.addGroup(0);
                        add(entry, "element", value);
                    }
                }
                row.add("label", 0);
                writer.write(row);
            }
        }
        if (dictionary && !one.type().equals("boolean")) {
            assertThat(ParquetRows.footer(ReaderContract.STORAGE, new org.apache.hadoop.fs.Path(file.toString()))
                            .getBlocks()
                            .get(0)
                            .getColumns()
                            .get(0)
                            .getEncodings())
                    .anyMatch(Encoding::usesDictionary);
        }
        return file;
    }

    private static void add(Group group, String field, Object value) {
        if (value instanceof Integer number) {
            group.add(field, number);
        } else if (value instanceof Long number) {
            group.add(field, number);
        } else if (value instanceof Float number) {
            group.add(field, number);
        } else if (value instanceof Double number) {
            group.add(field, number);
        } else if (value instanceof Boolean truth) {
            group.add(field, truth);
        } else {
            group.add(field, (Binary) value);
        }
    }

    private static MessageType schema(String column) {
        return schema(column, " required int32 label;");
    }

    private static MessageType schema(String columns, String label) {
        return MessageTypeParser.parseMessageType("message m { " + columns + label + " }");
    }

    private static ParquetWriter<Group> writer(Path file, MessageType schema, boolean dictionary) throws IOException {
        return ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toUri()))
                .withConf(new Configuration(false))
                .withType(schema)
                .withDictionaryEncoding(dictionary)
                .withWriterVersion(dictionary ? WriterVersion.PARQUET_2_0 : WriterVersion.PARQUET_1_0)
                .build();
    }

    private static Binary bytes(String number) {
        return Binary.fromConstantByteArray(new BigInteger(number).toByteArray());
    }

    private static Binary fixed(String number, int length) {
        BigInteger value = new BigInteger(number);
        byte[] stored = new byte[length];
        Arrays.fill(stored, (byte) (value.signum() < 0 ? -1 : 0));
        byte[] digits = value.toByteArray();
        System.arraycopy(digits, 0, stored, length - digits.length, digits.length);
        return Binary.fromConstantByteArray(stored);
    }

    private static Binary text(String text) {
        return Binary.fromString(text);
    }

    private static Reader settings(Path file, DataType element, String label, String... id) {
        return new ParquetSettings(
                        List.of(file.toString()),
                        "f",
                        Optional.ofNullable(label),
                        Arrays.stream(id).findFirst(),
                        List.of(),
                        List.of(),
                        element,
                        Optional.of(3),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())
                .reader();
    }
}
