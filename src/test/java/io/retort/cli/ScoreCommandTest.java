package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.spark.LocalSpark;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ScoreCommandTest {
    private static final Path TASKS = Path.of("src/test/resources/tasks");

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine commandLine = Retort.commandLine(List.of("score"));
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return commandLine.execute(arguments);
    }

    private static String[] progression(Path data, String scores) {
        List<String> command = new ArrayList<>(
                List.of("score", TASKS.resolve("progression.onnx").toString(), "--data", data.toString()));
        command.addAll(List.of("--out", scores, "--output", "progression=said"));
        for (String column : List.of("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")) {
            command.addAll(List.of("--input", "features=" + column));
        }
        return command.toArray(String[]::new);
    }

    @Test
    void scoresATable() {
        String scores = directory.resolve("scores").toString();
        String[] command = progression(TASKS.resolve("diabetes-test.csv"), scores);
        assertThat(run(command)).as(err::toString).isZero();
        assertThat(out.toString()).contains(": 122 rows of 1 files scored");
        assertThat(run(command)).isZero();
        assertThat(out.toString()).contains(": 0 rows of 0 files scored, 1 files were scored before");
        Row error = LocalSpark.session()
                .read()
                .parquet(scores)
                .selectExpr("1 - sum(pow(said - progression, 2)) / (122 * var_pop(progression))")
                .first();
        assertThat(error.getDouble(0)).as("R² of its README").isBetween(0.475, 0.485);
    }

    @Test
    void tellsWhatIsWrong() {
        String data = TASKS.resolve("diabetes-test.csv").toString();
        String scores = directory.resolve("scores").toString();
        assertThat(run("score", "none.onnx", "--data", data, "--out", scores)).isEqualTo(1);
        assertThat(err.toString()).contains("none.onnx does not exist");
        assertThat(run("score", TASKS.toString(), "--data", data, "--out", scores))
                .isEqualTo(1);
        assertThat(err.toString())
                .contains("has several ONNX files, [even.onnx, progression.onnx, tags.onnx]; name one");
        assertThat(run("score", "nobody", "--data", data, "--out", scores, "--root", directory.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("model 'nobody' is not in the registry");
        assertThat(run("score", "none.onnx", "--data", data, "--out", scores, "--missing", "drop"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("missing");
        assertThat(run("score", "none.onnx", "--data", data)).isEqualTo(2);
        assertThat(err.toString()).contains("--out");
        assertThat(run("score", "--help")).isZero();
        assertThat(out.toString()).contains("Usage: retort score", "whose champion is asked");
    }

    /** Spark's messages of such failures are stack traces. */
    @Test
    void tellsWhatIsWrongInTheDataInASentence() throws IOException {
        String scores = directory.resolve("scores").toString();
        Path holes = Files.writeString(
                directory.resolve("holes.csv"),
                "age,sex,bmi,bp,s1,s2,s3,s4,s5,s6\n56,2,25.8,103,177,114.4,34,5,4.9628,99\n56,2,,103,177,114.4,34,5,4.9628,99\n");
        assertThat(run(progression(holes, scores))).isEqualTo(1);
        assertThat(err.toString()).contains("column bmi: a row has null, and input 'features'", "--missing keep");
        Path noParquet = Files.writeString(directory.resolve("rows.parquet"), "a text of some words");
        assertThat(run(progression(noParquet, scores))).isEqualTo(1);
        assertThat(err.toString())
                .contains("rows.parquet is not a Parquet file")
                .doesNotContain("\tat ", "Job aborted");
    }
}
