package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.spark.LocalSpark;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
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

    @Test
    void scoresATable() {
        String scores = directory.resolve("scores").toString();
        String[] command = {
            "score",
            TASKS.resolve("progression.onnx").toString(),
            "--data",
            TASKS.resolve("diabetes-test.csv").toString(),
            "--out",
            scores,
            "--output",
            "progression=said",
            "--input",
            "features=age",
            "--input",
            "features=sex",
            "--input",
            "features=bmi",
            "--input",
            "features=bp",
            "--input",
            "features=s1",
            "--input",
            "features=s2",
            "--input",
            "features=s3",
            "--input",
            "features=s4",
            "--input",
            "features=s5",
            "--input",
            "features=s6"
        };
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
}
