package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.engine.dl4j.Dl4jPredictor;
import io.retort.predict.BatchTensor;
import io.retort.predict.Predictor.Inputs;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.report.Report;
import io.retort.report.SummaryTable;
import io.retort.storage.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run whose teacher is a zip of DL4J that was kept: plane.zip knows x0 + 2 x1 > x2. */
class Dl4jTeacherRunTest {
    private static final Path ZIP =
            Path.of("src/test/resources/teachers/dl4j-plane.zip").toAbsolutePath();

    private static final Path KERAS =
            Path.of("src/test/resources/teachers/keras/mlp.h5").toAbsolutePath();

    @TempDir
    private Path directory;

    private final List<String> said = new ArrayList<>();

    @Test
    void labelsRowsAndTheirViews() throws IOException {
        Path run = execute("classes = [above, below], encoder = tensor");
        JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
        assertThat(report.at("/teacher/accuracy").asDouble()).isGreaterThan(0.97);
        assertThat(report.at("/teacher/parameters").asLong()).isEqualTo(50);
        assertThat(report.at("/students/0/stages/0/figures/agreement").asDouble())
                .isGreaterThan(0.85);
        execute("classes = [above, below], encoder = tensor");
        assertThat(said).anyMatch(line -> line.startsWith("teacher") && line.contains("probabilities"));
    }

    /** Labels are the classes that the model itself gives, so its accuracy shows that it was asked rightly. */
    @Test
    void aModelOfKeras2Teaches() throws IOException {
        kerasTable("train.csv", 800, 1);
        kerasTable("test.csv", 400, 2);
        Path run = SmallRun.execute("""
                name = keras
                data { train { kind = csv, paths = ["%1$s/train.csv"], label = y, class-names = [a, b, c] }
                  test { kind = csv, paths = ["%1$s/test.csv"], label = y, class-names = [a, b, c] }, samples-per-shard = 256 }
                teacher { kind = dl4j, path = "%2$s", classes = [a, b, c], encoder = tensor }
                students = [{ name = small, architecture { kind = mlp, hidden = [8] }, losses = [soft-target]
                  training { epochs = 20, batch-size = 32, learning-rate { rate = 0.02 }, views { noise = 0.1, count = 2 } } }]
                """.formatted(directory, KERAS), directory.resolve("root"), said::add);
        Report report = Json.parse(Files.readString(run.resolve("report.json")), Report.class);
        assertThat(report.teacher().accuracy()).isEqualTo(1);
        assertThat(report.students().get(0).distilled().accuracy())
                .isGreaterThan(report.mostFrequentClass().orElseThrow().share() + 0.1)
                .isGreaterThan(0.85);
        assertThat(SummaryTable.of(report))
                .containsPattern("(?m)^ *teacher +\\| +100.00 %")
                .contains("small");
        assertThat(run.resolve("student-small-seed1.onnx")).exists();
    }

    private void kerasTable(String name, int rows, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder("x0,x1,x2,x3,y\n");
        try (Dl4jPredictor model = Dl4jPredictor.open(KERAS)) {
            TensorSpec spec = model.inputs().get(0);
            for (int i = 0; i < rows; i++) {
                float[] x = new float[4];
                for (int k = 0; k < 4; k++) {
                    x[k] = (float) (2 * random.nextGaussian());
                    text.append(x[k]).append(',');
                }
                BatchTensor tensor = new BatchTensor(spec.type(), spec.rowSizes(), 1);
                tensor.putRow(0, x, 0);
                float[] answers = model.predict(new Inputs(1, Map.of(spec.name(), tensor)))
                        .of(Dl4jPredictor.OUTPUT);
                int best = answers[1] > answers[0] ? 1 : 0;
                text.append("abc".charAt(answers[2] > answers[best] ? 2 : best)).append('\n');
            }
        }
        Files.writeString(directory.resolve(name), text);
    }

    @Test
    void refusesMisfits() {
        assertThatThrownBy(() -> execute("classes = [yes, no], encoder = tensor"))
                .hasMessageContaining("teacher.classes: must be the data's classes [below, above]");
        assertThatThrownBy(() -> execute("encoder { kind = image, divide-by = 255 }"))
                .hasMessageContaining("teacher.encoder");
    }

    private Path execute(String teacher) throws IOException {
        table("train.csv", 600, 1);
        table("test.csv", 300, 2);
        return SmallRun.execute("""
                name = plane
                data { train { kind = csv, paths = ["%1$s/train.csv"], label = y, class-names = [below, above] }
                  test { kind = csv, paths = ["%1$s/test.csv"], label = y, class-names = [below, above] }, samples-per-shard = 256 }
                teacher { kind = dl4j, path = "%2$s", %3$s }
                students = [{ name = small, architecture { kind = mlp, hidden = [8] }, losses = [soft-target]
                  training { epochs = 10, batch-size = 32, learning-rate { rate = 0.02 }, views { noise = 0.1, count = 2 } } }]
                """.formatted(directory, ZIP, teacher), directory.resolve("root"), said::add);
    }

    private void table(String name, int rows, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder("x0,x1,x2,y\n");
        for (int i = 0; i < rows; i++) {
            double[] x = {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()};
            text.append(x[0]).append(',').append(x[1]).append(',').append(x[2]);
            text.append(x[0] + 2 * x[1] > x[2] ? ",above\n" : ",below\n");
        }
        Files.writeString(directory.resolve(name), text);
    }
}
