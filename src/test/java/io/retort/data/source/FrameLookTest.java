package io.retort.data.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.Schema;
import io.retort.data.shard.FrameSources;
import io.retort.network.Shape;
import io.retort.spark.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SaveMode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is seen of Parquet files of kind {@code spark} without Spark. */
class FrameLookTest {
    @TempDir
    private Path directory;

    private String path;

    @BeforeEach
    void write() {
        path = "path = \"" + directory + "\"";
        write(
                "id AS a",
                "id / 2 AS b",
                "array(1.5, 2, id) AS x",
                "int(id % 2) AS y",
                "IF(id % 2 = 0, 'no', 'yes') AS name");
    }

    private void write(String... columns) {
        LocalSpark.session()
                .range(0, 20, 1, 1)
                .selectExpr(columns)
                .write()
                .mode(SaveMode.Append)
                .parquet(directory.toString());
    }

    @Test
    void columnsAndShapesAreKnownAndRowsAreLeftToSpark() {
        FirstLook numbers = look(path);
        assertThat(numbers.problems()).isEmpty();
        assertThat(numbers.schema()).map(schema -> schema.input().names()).contains(List.of("a", "b"));
        assertThat(numbers.opened()).isEqualTo(1);
        assertThat(numbers.unseen())
                .contains("since Spark reads its rows, which is not started for a look at the recipe");
        assertThat(look(path + ", features = [x]").schema()).map(Schema::shape).contains(Shape.vector(3));
    }

    @Test
    void whatIsWrongIsNamedByItsColumn() {
        assertThat(problem(path + ", features = [a, c]"))
                .startsWith(directory + " has no column c for the feature; its columns are [a (long), b (double)");
        assertThat(problem(path + ", features = [a, name]"))
                .startsWith(directory + " column name is of type string: a feature must be a number or a truth value");
        assertThat(problem(path + ", id = b")).contains("an id must be a whole number");
        assertThat(problem(path + ", label = lable, classes = 2")).contains("has no column lable for the label");
        FirstLook look = look(path + ", label = name, classes = 2");
        assertThat(look.problems()).extracting(FirstLook.Problem::key).containsExactly("label");
        assertThat(look.problems().get(0).message()).contains("write class-names = [no, yes] instead of classes");
    }

    @Test
    void filesThatAreNoParquetOrNotThereAreNamed() throws IOException {
        Files.writeString(directory.resolve("z.parquet"), "a,b\n1,2\n");
        assertThat(problem(path)).contains("z.parquet").contains("is not a Parquet file");
        FirstLook missing = look("path = \"" + directory + "/none\"");
        assertThat(missing.problems()).extracting(FirstLook.Problem::isMissing).containsExactly(true);
    }

    /** In the rows of a file that lacks a column it is null; a partition's value stands in no file. */
    @Test
    void columnsOfOtherFilesOfDirectoriesAndOfSelectAreNotMissed() {
        write("id AS a", "id AS c", "int(id % 2) AS y");
        assertThat(look(path + ", features = [a, b, c], missing = keep").problems())
                .isEmpty();
        assertThat(look(path + ", features = [z], select = [\"a + 1 AS z\", y]").problems())
                .isEmpty();
        LocalSpark.session()
                .range(0, 20, 1, 1)
                .selectExpr("id AS a", "int(id % 2) AS day", "int(id % 2) AS y")
                .write()
                .partitionBy("day")
                .parquet(directory.resolve("days").toString());
        FirstLook days = look("path = \"" + directory + "/days\", features = [a, day]");
        assertThat(days.problems()).isEmpty();
        assertThat(days.schema()).isEmpty();
    }

    private static FirstLook look(String settings) {
        return FrameSources.bound(settings).source(ReaderContract.STORAGE).look();
    }

    private static String problem(String settings) {
        List<FirstLook.Problem> problems = look(settings).problems();
        assertThat(problems).hasSize(1);
        return problems.get(0).message();
    }
}
