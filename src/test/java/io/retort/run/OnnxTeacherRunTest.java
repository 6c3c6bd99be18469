package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.engine.onnx.ForeignTeachers;
import io.retort.plan.Preview;
import io.retort.recipe.Recipe;
import io.retort.run.ProbePass.Probed;
import io.retort.run.record.RunContext;
import io.retort.spark.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs whose teacher is an ONNX file from elsewhere. */
class OnnxTeacherRunTest {
    private static final String UNIT = "{ name = pixels, encoder { kind = image, divide-by = 255 } }";
    private static final String STUDENT = """
            { name = small, architecture { kind = mlp, hidden = [8] }
              training { epochs = 1, batch-size = 64 }, losses = [soft-target] }
            """;

    @TempDir
    private Path directory;

    private String data;

    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void writeData() throws IOException {
        data = ForeignData.in(directory);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "one-file.onnx | " + UNIT + " | logits",
                "two-files.onnx | " + UNIT + " | logits",
                "batch-of-4.onnx | " + UNIT + " | logits",
                "float16.onnx | " + UNIT + " | logits",
                "uint8-nhwc-probabilities.onnx | { name = image, encoder = image } | probabilities",
                "large-three-channels.onnx | { name = pixel_values, encoder { kind = image, divide-by = 255, resize ="
                        + " nearest, mean = [0.485, 0.456, 0.406], deviation = [0.229, 0.224, 0.225] } } | logits",
            })
    void labelsByAnyClassifier(String file, String input, String kind) throws IOException {
        Path run = execute(recipe(file, input, ""));
        JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
        // one-file.onnx is right for 15 of the 16 images, and so are the others
        assertThat(report.at("/teacher/accuracy").asDouble()).isBetween(0.9, 1.0);
        assertThat(report.at("/teacher/bytes").asLong()).isGreaterThan(80_000);
        assertThat(report.at("/teacher/parameters").isNull()).isTrue();
        assertThat(report.at("/teacher/probe").toString()).contains("output: " + kind, "agreement with labels");
        assertThat(said).anyMatch(line -> line.contains("output: " + kind));
        assertThat(run.resolve("student-small-seed1.onnx")).exists();
    }

    @Test
    void labelsNothingTwiceAndEverythingAnewWhereTheEncoderChanges() throws IOException {
        execute(recipe("one-file.onnx", UNIT, ""));
        long first = labelFiles();
        execute(recipe("one-file.onnx", UNIT, "seeds = [2]\n"));
        assertThat(labelFiles()).isEqualTo(first);
        execute(recipe("one-file.onnx", UNIT.replace("255", "254"), ""));
        assertThat(labelFiles()).isEqualTo(2 * first);
    }

    @Test
    void labelsRowsOneByOneWhereNeighboursMatter() throws IOException {
        assertThatThrownBy(() -> execute(recipe("dynamic-int8.onnx", UNIT, "")))
                .hasMessageContaining("depends on the rows beside it")
                .hasMessageContaining("teacher.batch-dependent = one-by-one");
        assertNothingLabelled();
        execute(recipe("dynamic-int8.onnx", UNIT, "teacher.batch-dependent = one-by-one\n"));
        assertThat(labelFiles()).isPositive();
    }

    @Test
    void refusesAWrongDeclarationBeforeItLabels() throws IOException {
        String image = "{ name = image, encoder = image }";
        assertThatThrownBy(
                        () -> execute(recipe("uint8-nhwc-probabilities.onnx", image, "teacher.output.kind = logits\n")))
                .hasMessageContaining("output.kind is logits")
                .hasMessageContaining("probabilities");
        assertNothingLabelled();
    }

    @Test
    void refusesATeacherThatSaysTheSameOfEveryRow() throws IOException {
        String dark = UNIT.replace("255", "1e12");
        assertThatThrownBy(() -> execute(recipe("one-file.onnx", dark, "")))
                .hasMessageContaining("the same answer")
                .hasMessageContaining("scale");
        assertNothingLabelled();
    }

    @Test
    void warnsOfAScaleThatTheModelWasNotTrainedWith() {
        execute(recipe("one-file.onnx", UNIT.replace("255", "4"), ""));
        assertThat(said).anyMatch(line -> line.contains("warning: with divide-by = 255 of the input 'pixels'"));
    }

    @Test
    void learnsFromATensorInsideOfTheModel() throws IOException {
        String hint = """
                { name = small, architecture { kind = mlp, hidden = [8] }, training { epochs = 1, batch-size = 64 }
                  losses = [soft-target, { kind = hint, pairs = [{ teacher = mean, student = hidden1.relu }] }] }
                """;
        String recipe = recipe("one-file.onnx", UNIT, "teacher.taps = [mean]\n").replace(STUDENT, hint);
        execute(recipe);
        assertThat(said).anyMatch(line -> line.contains("taps of small: mean [64]"));
    }

    @Test
    void probesWithoutLabelling() {
        Recipe recipe = SmallRun.bound(recipe("dynamic-int8.onnx", UNIT, ""));
        RunContext context = SmallRun.context(directory.resolve("root"), said::add);
        Probed probed =
                new ProbePass(LocalSpark.context(), context, recipe).execute().get(0);
        assertThat(probed.refusal()).isEmpty();
        assertThat(probed.lines())
                .anyMatch(line -> line.startsWith("input: pixels float32 [batch, 1, 28, 28]"))
                .anyMatch(line -> line.contains("[DynamicQuantizeLinear]"))
                .anyMatch(line -> line.startsWith("output: logits"))
                .anyMatch(line -> line.startsWith("neighbours: "))
                .anyMatch(line -> line.startsWith("agreement with labels: 9"))
                .anyMatch(line -> line.startsWith("time: "));
        assertNothingLabelled();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ name = pixel, encoder { kind = image, divide-by = 255 } } | '' | teacher.inputs[0].name"
                        + " | did you mean 'pixels'?",
                "'' | '' | teacher.inputs | { name = pixels, encoder { kind = image",
                "{ name = pixels, encoder = image } | '' | teacher.inputs[0].encoder.divide-by | missing",
                UNIT + " | teacher.output.name = liner | teacher.path | did you mean 'linear'?",
                UNIT + " | teacher.taps = [nothing] | teacher.path | has no output 'nothing'",
                UNIT + " | teacher.classes = [a, b] | teacher.classes | must be the data's classes",
                UNIT + " | data.train.classes = 11, data.test.classes = 11 | teacher.output | the data has 11 classes",
            })
    void findsMisfitsBeforeAnythingRuns(String input, String further, String key, String message) {
        Recipe recipe = SmallRun.bound(recipe("one-file.onnx", input, further + "\n"));
        Preview preview =
                Preview.of(recipe, SmallRun.context(directory, said::add).storage());
        assertThat(preview.misfits()).hasSize(1);
        assertThat(preview.misfits().get(0).path()).isEqualTo(key);
        assertThat(preview.misfits().get(0).message()).contains(message);
    }

    @Test
    void aTeacherThatKnowsMoreClassesIsRefused() {
        String fewer = "data.train.classes = 2, data.test.classes = 2\n";
        Preview preview = Preview.of(
                SmallRun.bound(recipe("one-file.onnx", UNIT, fewer)),
                SmallRun.context(directory, said::add).storage());
        assertThat(preview.misfits()).anySatisfy(misfit -> {
            assertThat(misfit.path()).isEqualTo("teacher.output");
            assertThat(misfit.message()).contains("has 10 values per row, but the data has 2 classes");
        });
    }

    @Test
    void findsAMissingOrCutFileBeforeAnythingRuns() throws IOException {
        Path cut = directory.resolve("cut.onnx");
        byte[] whole = Files.readAllBytes(ForeignTeachers.path("one-file.onnx"));
        Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
        for (Path path : List.of(cut, directory.resolve("none.onnx"))) {
            Recipe recipe = SmallRun.bound(recipe("one-file.onnx", UNIT, "teacher.path = \"" + path + "\"\n"));
            Preview preview =
                    Preview.of(recipe, SmallRun.context(directory, said::add).storage());
            assertThat(preview.misfits()).hasSize(1);
            assertThat(preview.misfits().get(0).path()).isEqualTo("teacher.path");
            assertThat(preview.misfits().get(0).message()).contains(path.toString());
        }
    }

    private String recipe(String file, String input, String further) {
        return data + """
                name = foreign
                teacher { kind = onnx, path = "%s", inputs = [%s] }
                students = [%s]
                """.formatted(ForeignTeachers.path(file), input, STUDENT) + further;
    }

    private Path execute(String recipe) {
        return SmallRun.execute(recipe, directory.resolve("root"), said::add);
    }

    private void assertNothingLabelled() {
        assertThat(directory.resolve("root/store/labels")).doesNotExist();
    }

    private long labelFiles() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("root/store/labels"))) {
            return files.filter(file -> file.toString().endsWith(".parquet")).count();
        }
    }
}
