package io.retort.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.config.ConfigException;
import io.retort.recipe.Kinds;
import io.retort.spark.LocalSpark;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What others write, and what Spark has a format for: read right, or refused by column. */
class FrameFormatsTest {
    private static final String[] SINGLE = {"[1.0]", "[2.0]", "[3.0]"};
    private static final String[] LIST = {"[1.0, 2.0]", "[3.0, 4.0]", "[5.0, 6.0]"};

    @TempDir
    private Path source;

    @TempDir
    private Path root;

    private final Storage storage = Storage.of(new Configuration());
    private SparkSession spark;

    @BeforeEach
    void prepare() {
        spark = LocalSpark.session();
    }

    private static Path written(String name) {
        try {
            return Path.of(
                    FrameFormatsTest.class.getResource("/parquet/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"pyarrow", "pyarrow-v1-lists", "pyarrow-v2-pages", "polars", "duckdb", "pandas", "fastparquet"})
    void readsTheNumbersOfOtherWriters(String writer) {
        Path file = written(writer + ".parquet");
        List<String> columns = Arrays.stream(
                        spark.read().parquet(file.toString()).columns())
                .filter(name -> name.startsWith("x"))
                .toList();
        assertThat(columns).isNotEmpty();
        for (String column : columns) {
            boolean isBytes = column.contains("bytes") || column.contains("binary");
            boolean isJson = writer.equals("fastparquet") && column.equals("xlist");
            String settings = "path = \"" + file + "\", features = [\"" + column + "\"]"
                    + (isBytes ? ", element = uint8" : "")
                    + (column.equals("xnullable") ? ", select = [\"coalesce(xnullable, 2) AS xnullable\", y]" : "")
                    + (isJson ? ", select = [\"from_json(xlist, 'array<double>') AS xlist\", y]" : "");
            assertThat(features(settings)).as(writer + " " + column).containsExactly(expected(column));
        }
    }

    private static String[] expected(String column) {
        if (Stream.of("list", "array", "tensor", "bytes", "binary").anyMatch(column::contains)) {
            return LIST;
        } else if (column.contains("decimal")) {
            return new String[] {"[1.25]", "[2.25]", "[3.25]"};
        } else if (column.contains("duration")) {
            return new String[] {"[1000000.0]", "[2000000.0]", "[3000000.0]"};
        }
        return column.contains("bool") ? new String[] {"[1.0]", "[0.0]", "[1.0]"} : SINGLE;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pyarrow-nanoseconds | Illegal Parquet type: INT64 (TIMESTAMP(NANOS,false)).",
                "duckdb-nanoseconds | Illegal Parquet type: INT64 (TIMESTAMP(NANOS,false)).",
                "pyarrow-time | Illegal Parquet type: INT64 (TIME(MICROS,false)).",
                "polars-time | Illegal Parquet type: INT64 (TIME(NANOS,false)).",
                "duckdb-time | Illegal Parquet type: INT64 (TIME(MICROS,false)).",
                "duckdb-interval | Parquet type not yet supported: FIXED_LEN_BYTE_ARRAY (INTERVAL).",
                "pyarrow-uuid | Illegal Parquet type: FIXED_LEN_BYTE_ARRAY (UUID).",
                "pyarrow-decimal256 | Decimal precision 60 exceeds max precision 38."
            })
    void aColumnThatSparkCannotReadSpoilsNoOther(String file, String reason) {
        String path = "path = \"" + written(file + ".parquet") + "\"";
        assertThat(features(path)).containsExactly(SINGLE);
        String refusal = "; its column z is not read, since Spark says: ";
        for (String named : List.of(", features = [z]", ", select = [\"z AS a\", y]", ", where = \"z IS NULL\"")) {
            assertRefused(path + named, refusal, reason, "Write it as another type");
        }
    }

    @Test
    void refusesWhatNoColumnOfCanBeRead() {
        assertRefused(
                "path = \"" + written("pyarrow-half.parquet") + "\", features = [x]",
                "column z of type FLOAT16",
                "cast that one to float32");
        assertRefused(
                "path = \"" + written("pyarrow-byte-stream-split.parquet") + "\", features = [x]",
                "BYTE_STREAM_SPLIT; Spark 3.5 does not read numbers in this encoding; write the file without it");
        assertRefused(
                "path = \"" + written("polars-int128.parquet") + "\", features = [z]",
                "column z is binary, each byte of which is a number from 0 to 255");
        assertRefused(
                "path = \"" + written("pyarrow-null.parquet") + "\", features = [z]",
                "row 0 column z: must be a finite number, was null");
    }

    @Test
    void aNumberMayBeWiderInAnotherFile() throws IOException {
        assertThat(features("path = \"" + written("widths") + "\""))
                .hasSize(6)
                .startsWith(SINGLE)
                .endsWith(SINGLE);
        spark.sql("SELECT array(1, 2) x, 0 y")
                .coalesce(1)
                .write()
                .orc(source.resolve("a").toString());
        spark.sql("SELECT array(3L, 4L) x, 1 y")
                .coalesce(1)
                .write()
                .orc(source.resolve("b").toString());
        assertThat(features("format = orc, path = \"" + source + "\", features = [x]"))
                .containsExactly("[1.0, 2.0]", "[3.0, 4.0]");
        spark.sql("SELECT 'a' x, 1 y")
                .coalesce(1)
                .write()
                .orc(source.resolve("c").toString());
        assertRefused("format = orc, path = \"" + source + "\", features = [x]", "UNION");
    }

    @ParameterizedTest
    @ValueSource(strings = {"parquet", "orc"})
    void aLabelThatAFileLacksIsRefusedUnlessSelectMakesIt(String format) {
        spark.sql("SELECT 1 x, 1 y")
                .coalesce(1)
                .write()
                .format(format)
                .save(source.resolve("a").toString());
        spark.sql("SELECT 2 x, 1 why")
                .coalesce(1)
                .write()
                .format(format)
                .save(source.resolve("b").toString());
        String settings = "format = " + format + ", path = \"" + source + "\", features = [x]";
        assertRefused(settings, "has no column y for the label, which ", "let select make it");
        assertRefused(settings + ", select = [x, y]", "has no column y for the label");
        assertThat(rows(settings + ", select = [x, \"CAST(y AS INT) AS y\"]"))
                .containsExactly(" 1.0 [1.0]", " NaN [2.0]");
        assertRefused(
                settings.replace("[x]", "[why]") + ", select = [why, \"CAST(y AS INT) AS y\"]",
                "row 0 column why: must be a finite number, was null");
    }

    @Test
    void readsBytesOfAFixedLength() throws IOException {
        MessageType schema = MessageTypeParser.parseMessageType(
                "message m { required fixed_len_byte_array(4) f; required int32 y; }");
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(
                        source.resolve("f.parquet").toString()))
                .withType(schema)
                .build()) {
            writer.write(new SimpleGroup(schema)
                    .append("f", Binary.fromConstantByteArray(new byte[] {0, 1, (byte) 200, -1}))
                    .append("y", 1));
        }
        assertThat(features("path = \"" + source + "\", features = [f], element = uint8"))
                .containsExactly("[0.0, 1.0, 200.0, 255.0]");
    }

    @Test
    void filesOfSeveralDirectoriesKeepTheirOrder() {
        for (String name : List.of("a", "b")) {
            spark.sql("SELECT id x, 0 y FROM range(" + (name.equals("a") ? "0, 2" : "2, 4") + ")")
                    .coalesce(1)
                    .write()
                    .parquet(source.resolve(name).toString());
        }
        assertThat(features("paths = [\"" + source.resolve("a") + "\", \"" + source.resolve("b") + "\"]"))
                .containsExactly("[0.0]", "[1.0]", "[2.0]", "[3.0]");
    }

    @Test
    void readsAvro() {
        spark.sql("SELECT array(float(1), 2) x, 0 y UNION ALL SELECT array(3, 4), 1")
                .coalesce(1)
                .write()
                .format("avro")
                .save(source.toString() + "/t");
        assertThat(rows("format = avro, path = \"" + source + "\", features = [x]"))
                .containsExactly(" 0.0 [1.0, 2.0]", " 1.0 [3.0, 4.0]");
    }

    @Test
    void readsLibSvm() throws IOException {
        Files.writeString(source.resolve("a.libsvm"), "0 1:1.5 3:2\n1 2:-4\n");
        String settings =
                "format = libsvm, features = [features], label = label, classes = 2, path = \"" + source + "\"";
        assertThat(rows(settings)).containsExactly(" 0.0 [1.5, 0.0, 2.0]", " 1.0 [0.0, -4.0, 0.0]");
        assertThat(rows(settings + ", options { numFeatures = 4 }"))
                .containsExactly(" 0.0 [1.5, 0.0, 2.0, 0.0]", " 1.0 [0.0, -4.0, 0.0, 0.0]");
        Files.writeString(source.resolve("a.libsvm"), "0 1:one\n");
        assertRefused(settings, "cannot be read as libsvm");
    }

    @Test
    void readsBinaryFiles() throws IOException {
        Files.write(source.resolve("0-a.bin"), new byte[] {1, 2, (byte) 255});
        Files.write(source.resolve("1-b.bin"), new byte[] {3, 4, 5});
        assertThat(rows("format = binaryFile, features = [content], element = uint8, path = \"" + source + "\","
                        + " select = [content, \"int(regexp_extract(path, '([0-9])-[a-z].bin$', 1)) AS y\"]"))
                .containsExactly(" 0.0 [1.0, 2.0, 255.0]", " 1.0 [3.0, 4.0, 5.0]");
    }

    @Test
    void refusesPicturesOfWhichEachFileWouldBeAShard() {
        Map.of("binaryFile", "path", "image", "image.origin")
                .forEach((format, path) -> assertThatThrownBy(() -> FrameSources.bound("path = pets, format = " + format
                                + ", image { column = content, height = 8, width = 8 }"))
                        .isInstanceOf(ConfigException.class)
                        .hasMessageContaining(
                                "source.id: missing; without it each file would be a shard; write select ="
                                        + " [\"xxhash64(" + path + ") AS id\", ...]"));
    }

    @Test
    void readsJsonWithNestedAndMissingFields() throws IOException {
        Files.writeString(
                source.resolve("a.json"),
                "{\"user\":{\"age\":31},\"seen\":[1,2.5],\"y\":1}\n{\"user\":{\"age\":47},\"seen\":[3,4]}\n");
        String settings = "format = json, path = \"" + source
                + "\", features = [f], select = [\"array_append(seen, user.age) AS f\", y]";
        assertThat(rows(settings)).containsExactly(" 1.0 [1.0, 2.5, 31.0]", " NaN [3.0, 4.0, 47.0]");
    }

    @Test
    void readsADatabaseWithoutTellingItsPassword() throws SQLException {
        String url = "jdbc:h2:mem:clicks;DB_CLOSE_DELAY=-1";
        try (Connection connection = DriverManager.getConnection(url, "reader", "hunter2secret");
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE clicks (click BIGINT, price DECIMAL(9, 2), seen BOOLEAN, age SMALLINT, y INT)");
            statement.execute(
                    "INSERT INTO clicks SELECT x, x + 0.5, MOD(x, 3) = 0, x, MOD(x, 2) FROM SYSTEM_RANGE(0, 199)");
        }
        String login = "format = jdbc, id = CLICK, label = Y, classes = 2, options { url = \"" + url
                + "\", user = reader, password = %s }, ";
        String settings = String.format(login, "hunter2secret");
        assertThat(rows(settings + "table = clicks"))
                .hasSize(200)
                .startsWith(" 0.0 [0.5, 1.0, 0.0]", " 1.0 [1.5, 0.0, 1.0]");
        assertThat(rows(settings + "query = \"SELECT click, price, y FROM clicks WHERE click < 3\""))
                .containsExactly(" 0.0 [0.5]", " 1.0 [1.5]", " 0.0 [2.5]");
        assertThatThrownBy(() -> features(String.format(login, "another1secret") + "table = clicks"))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("table clicks cannot be read as jdbc: Wrong user name or password")
                .hasMessageNotContaining("another1secret");
        String one = Kinds.canonical().address((Record) FrameSources.bound(settings + "table = clicks"));
        assertThat(one)
                .doesNotContain("hunter2secret")
                .isEqualTo(Kinds.canonical().address((Record)
                        FrameSources.bound(String.format(login, "another1secret") + "table = clicks")));
        assertThatThrownBy(() -> FrameSources.bound(
                        settings.replace("CLOSE_DELAY=-1", "CLOSE_DELAY=-1;INIT=RUNSCRIPT FROM 'a.sql'")
                                + "table = clicks"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("options: must not set INIT in the url");
    }

    private List<String> features(String settings) {
        return rows(settings).stream()
                .map(row -> row.substring(row.indexOf('[')))
                .toList();
    }

    /** Without their ids. */
    private List<String> rows(String settings) {
        org.apache.hadoop.fs.Path to = new org.apache.hadoop.fs.Path(root.toString());
        Dataset dataset = new Sharding(LocalSpark.context(), storage, to).shard(FrameSources.bound(settings), 64);
        return FrameSources.described(new ShardStore(storage, to), dataset).stream()
                .map(row -> row.substring(row.indexOf(' ')))
                .toList();
    }

    private void assertRefused(String settings, String... parts) {
        assertThatThrownBy(() -> rows(settings))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContainingAll(parts);
    }
}
