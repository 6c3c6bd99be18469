package io.retort.data.source;

import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.config.ConfigSource;
import io.retort.data.Labels;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.Target;
import io.retort.data.source.Reader.RowStream;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.recipe.Kinds;
import io.retort.spark.LocalSpark;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels of several values, in tables as recipes name them. */
class TableLabelsTest {
    private static final String NONE = "-";

    @TempDir
    private Path directory;

    /** A recipe's source. */
    private record Source(ReaderSettings source) {}

    @Test
    void readsAZeroOrAOneForEachClass() throws IOException {
        Rows rows = csv("a,x,b\n1,5,0\n,6,\n1.0,7,1\n", "target = several-classes, labels = [a, b]");
        assertThat(described(rows.labels())).containsExactly("[1.0, 0.0]", NONE, "[1.0, 1.0]");
        assertThat(csvSchema("target = several-classes, labels = [a, b]").target())
                .isEqualTo(new Target.MultiLabelTarget(List.of("a", "b")));
        assertThat(csvSchema("target = several-classes, labels = [a, b]")
                        .input()
                        .names())
                .containsExactly("x");
    }

    @Test
    void readsNumbers() throws IOException {
        assertThat(described(csv("a,x,b\n-1e3,5,0\n,6,2\n0.25,7,2\n", "target = numbers, label = a")
                        .labels()))
                .containsExactly("[-1000.0]", NONE, "[0.25]");
        assertThat(described(csv("a,x,b\n-1e3,5,0\n", "target = numbers, labels = [b, a]")
                        .labels()))
                .containsExactly("[0.0, -1000.0]");
    }

    @Test
    void readsNumbersOfTexts() throws IOException {
        Files.writeString(directory.resolve("t.csv"), "text,stars\ngood,5\n");
        FileSource.Settings settings = bound("{ kind = text, paths = [\"" + directory.resolve("t.csv")
                + "\"], text = text, target = numbers, label = stars, length = 2, vocabulary = 9 }");
        assertThat(described(first(settings).labels())).containsExactly("[5.0]");
    }

    @Test
    void refusesWhatIsNoLabel() {
        refused("a,x,b\n1,5,0\n1,6,2\n", "several-classes", "3 column b: must be 0 or 1, was \"2\"");
        refused("a,x,b\n1,5,true\n", "several-classes", "2 column b: must be 0 or 1, was \"true\"");
        refused("a,x,b\n1,5,much\n", "numbers", "2 column b: must be a finite number, was \"much\"");
        refused("a,x,b\n1,5,1e99\n", "numbers", "2 column b: must be a finite number, was \"1e99\"");
    }

    @Test
    void refusesALabelThatIsPartlyThere() {
        refused(
                "a,x,b\n1,5,0\n,6,1\n",
                "several-classes",
                "3 column a: must be 0 or 1, was empty, but the row has a value in b; give it all values of its label,"
                        + " or none");
    }

    @Test
    void readsColumnsAndArraysOfParquet() {
        Path file = parquet(
                "a",
                "IF(id = 1, NULL, id = 2)",
                "b",
                "CAST(IF(id = 1, NULL, 1) AS TINYINT)",
                "both",
                "IF(id = 1, NULL, ARRAY(id, 1.5 * id))",
                "vectors",
                "ARRAY(0, 1)");
        assertThat(described(parquet(file, "target = several-classes, labels = [a, b]")))
                .containsExactly("[0.0, 1.0]", NONE, "[1.0, 1.0]");
        assertThat(described(parquet(file, "target = numbers, label = both, class-names = [m, n]")))
                .containsExactly("[0.0, 0.0]", NONE, "[2.0, 3.0]");
        assertThat(described(parquet(file, "target = several-classes, label = vectors, classes = 2")))
                .containsExactly("[0.0, 1.0]", "[0.0, 1.0]", "[0.0, 1.0]");
    }

    @Test
    void refusesWhatIsNoLabelInParquet() {
        Path file = parquet(
                "a",
                "id",
                "b",
                "IF(id = 1, NULL, 1)",
                "list",
                "ARRAY(0, IF(id = 1, NULL, 1))",
                "text",
                "'x'",
                "empty",
                "IF(id = 1, ARRAY(), ARRAY(1, 1))",
                "absent",
                "ARRAY(CAST(NULL AS INT), NULL)");
        refusedOfParquet(file, "several-classes, labels = [a, b]", "row 1 column b: must be 0 or 1, was null, but the");
        refusedOfParquet(file, "several-classes, labels = [a]", "row 2 column a: must be 0 or 1, was 2");
        refusedOfParquet(file, "numbers, labels = [text]", "row 0 column text: must be a finite number, was \"x\"");
        refusedOfParquet(
                file,
                "several-classes, label = list, classes = 2",
                "row 1 column list: value 1 must be a finite number, was null");
        refusedOfParquet(file, "several-classes, label = list, classes = 3", "must hold 3 values, has 2");
        refusedOfParquet(file, "numbers, label = empty, classes = 2", "must hold 2 values, has 0");
        refusedOfParquet(
                file,
                "numbers, label = a, classes = 2",
                "must be an array of numbers or truth values, or a Spark ML vector; name the");
        assertThat(described(parquet(file, "target = numbers, label = absent, classes = 2")))
                .containsExactly(NONE, NONE, NONE);
    }

    private void refused(String text, String target, String message) {
        assertThatThrownBy(() -> csv(text, "target = " + target + ", labels = [a, b]"))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining(message);
    }

    private static void refusedOfParquet(Path file, String labels, String message) {
        assertThatThrownBy(() -> parquet(file, "target = " + labels))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining(message);
    }

    private Rows csv(String text, String labels) throws IOException {
        Files.writeString(directory.resolve("t.csv"), text);
        return first(ofCsv(labels));
    }

    private Schema csvSchema(String labels) {
        FileSource.Settings settings = ofCsv(labels);
        return settings.reader().schema(storage(), settings.reader().splits(storage()));
    }

    private FileSource.Settings ofCsv(String labels) {
        String own = labels.contains("labels") ? "" : ", features = [x]";
        return bound("{ kind = csv, paths = [\"" + directory.resolve("t.csv") + "\"], " + labels + own + " }");
    }

    /** Three rows with features and more columns, a name and an expression each. */
    private Path parquet(String... columns) {
        Dataset<Row> rows = LocalSpark.session().range(0, 3, 1, 1).withColumn("features", expr("array(id, 1)"));
        for (int i = 0; i < columns.length; i += 2) {
            rows = rows.withColumn(columns[i], expr(columns[i + 1]));
        }
        Path file = directory.resolve("rows");
        rows.write().parquet(file.toString());
        return file;
    }

    private static Labels parquet(Path file, String labels) {
        return first(bound("{ kind = parquet, paths = [\"" + file + "\"], features = features, " + labels + " }"))
                .labels();
    }

    private static Rows first(FileSource.Settings settings) {
        Reader reader = settings.reader();
        List<Split> splits = reader.splits(storage());
        try (RowStream rows = reader.open(storage(), splits.get(0), reader.schema(storage(), splits))) {
            return rows.read(10);
        }
    }

    private static List<String> described(Labels labels) {
        return IntStream.range(0, labels.rows())
                .mapToObj(row ->
                        labels.isPresent(row) ? Arrays.toString(labels.rows(row).values()) : NONE)
                .toList();
    }

    private static Storage storage() {
        return Storage.of(new Configuration());
    }

    private static FileSource.Settings bound(String source) {
        return (FileSource.Settings) Kinds.binder()
                .bind(ConfigSource.text("source.conf", "source " + source).withEnvironment(Map.of()), Source.class)
                .source();
    }
}
