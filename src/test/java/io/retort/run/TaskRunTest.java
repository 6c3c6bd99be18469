package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recipes whose rows have numbers, or several classes each. {@code src/test/resources/tasks} says where they come from. */
class TaskRunTest {
    private static final String NETWORK = """
            teacher { kind = network, architecture { kind = mlp, hidden = [32] }
              training { epochs = 30, batch-size = 32, learning-rate { rate = 1e-2 } } }
            """;

    @TempDir
    private Path directory;

    @Test
    void aStudentLearnsNumbersFromATrainedTeacherAndAnswersInTheirUnits() throws Exception {
        JsonNode report = execute(diabetes("losses = [{ kind = squared-error, weight = 0.5 }, logit-mse]") + NETWORK);
        assertThat(report.at("/dataset/score").asText()).isEqualTo("r2");
        JsonNode student = report.at("/students/0/stages/0/figures");
        // Without the deviation of the labels, 77, in training and export no R² is anywhere near these.
        assertThat(report.at("/teacher/accuracy").asDouble()).isBetween(0.2, 0.7);
        assertThat(student.at("/metrics/r2").asDouble()).isBetween(0.3, 0.7);
        assertThat(student.at("/metrics/rmse").asDouble()).isBetween(40.0, 70.0);
        assertThat(student.at("/metrics/mae").asDouble()).isBetween(30.0, 60.0);
        assertThat(student.at("/metrics/agreement").asDouble()).isGreaterThan(0.6);
        assertThat(report.at("/students/0/baseline/metrics/r2").asDouble()).isBetween(0.2, 0.7);
        JsonNode sample = report.at("/students/0/numbers/0");
        assertThat(sample.at("/name").asText()).isEqualTo("progression");
        assertThat(sample.at("/labels"))
                .hasSize(report.at("/dataset/testSamples").asInt());
        assertThat(rootMeanSquare(sample.at("/labels"), sample.at("/student")))
                .isCloseTo(student.at("/metrics/rmse").asDouble(), within(1e-2));
        Path onnx = runOf(report).resolve(report.at("/students/0/export/path").asText());
        assertThat(rootMeanSquaredError(onnx))
                .isCloseTo(student.at("/metrics/rmse").asDouble(), within(1e-3));
    }

    private static double rootMeanSquare(JsonNode labels, JsonNode predicted) {
        double sum = 0;
        for (int row = 0; row < labels.size(); row++) {
            double apart = predicted.get(row).asDouble() - labels.get(row).asDouble();
            sum += apart * apart / labels.size();
        }
        return Math.sqrt(sum);
    }

    @Test
    void aStudentLearnsSeveralClassesFromATrainedTeacher() throws IOException {
        JsonNode report =
                execute(digits("losses = [binary-cross-entropy, { kind = soft-binary-cross-entropy, temperature = 2 }]")
                        + NETWORK);
        assertThat(report.at("/dataset/score").asText()).isEqualTo("macro-f1");
        assertThat(report.at("/teacher/accuracy").asDouble()).isGreaterThan(0.9);
        JsonNode metrics = report.at("/students/0/stages/0/figures/metrics");
        assertThat(metrics.at("/macro-f1").asDouble()).isGreaterThan(0.9);
        assertThat(metrics.at("/mean-area-under-roc").asDouble()).isGreaterThan(0.95);
        assertThat(metrics.at("/mean-average-precision").asDouble()).isGreaterThan(0.95);
        assertThat(report.at("/students/0/baseline/accuracy").asDouble()).isGreaterThan(0.9);
    }

    /** No training row has a label, so numbers are standardised by the teacher's. */
    @Test
    void aStudentOfRowsWithoutLabelsLearnsTheNumbersOfAnOnnxTeacher() throws IOException {
        String features = ", features = [age, sex, bmi, bp, s1, s2, s3, s4, s5, s6]";
        String recipe = diabetes("losses = [{ kind = teacher-huber, delta = 2 }]")
                .replaceFirst("label = progression", "class-names = [progression]" + features);
        JsonNode report = execute(recipe + onnx("progression.onnx", "divide-by = 1", ""));
        // In Python, R² of the file is 0.4802 on these rows.
        assertThat(report.at("/teacher/accuracy").asDouble()).isCloseTo(0.4802, within(1e-3));
        assertThat(report.at("/students/0/stages/0/figures/metrics/r2").asDouble())
                .isGreaterThan(0.35);
        assertThat(report.at("/summary/0/verdict").asText()).isEqualTo("no baseline");
    }

    @Test
    void aStudentLearnsSeveralClassesFromSigmoidsOfAnOnnxTeacher() throws IOException {
        JsonNode report = execute(digits("losses = [soft-binary-cross-entropy]")
                + onnx("tags.onnx", "divide-by = 16", "name = probabilities"));
        // In Python, macro-F1 of the file is 0.9636 on these rows.
        assertThat(report.at("/teacher/accuracy").asDouble()).isCloseTo(0.9636, within(1e-3));
        assertThat(report.at("/teacher/probe").toString()).contains("output: probabilities");
        assertThat(report.at("/students/0/stages/0/figures/accuracy").asDouble())
                .isGreaterThan(0.9);
    }

    @Test
    void oneSigmoidTeachesTwoClasses() throws IOException {
        String pixels = IntStream.range(0, 64).mapToObj(i -> "p" + i).collect(Collectors.joining(", "));
        String recipe = digits("losses = [soft-target]")
                .replace(
                        "target = several-classes, labels = [even, small, round]",
                        "label = even, classes = 2, features = [" + pixels + "]");
        for (String kind : List.of("probabilities", "logits")) {
            JsonNode report =
                    execute(recipe + onnx("even.onnx", "divide-by = 16", "name = " + kind + ", kind = " + kind));
            // In Python, the file is right for 0.9682 of these rows.
            assertThat(report.at("/teacher/accuracy").asDouble()).isCloseTo(0.9682, within(1e-3));
            assertThat(report.at("/students/0/stages/0/figures/accuracy").asDouble())
                    .isGreaterThan(0.9);
        }
        assertThatThrownBy(() -> execute(recipe + onnx("even.onnx", "divide-by = 16", "name = logits")))
                .hasMessageContaining(
                        "teacher.output.kind: must be logits or probabilities, for the output has one value"
                                + " per row, which is of the class '1', was auto");
    }

    @Test
    void whatDoesNotSuitATeacherIsRefusedBeforeAnythingRuns() {
        assertThatThrownBy(() -> execute(diabetes("losses = [logit-mse]")
                        + onnx("progression.onnx", "divide-by = 1", "kind = probabilities")))
                .hasMessageContaining(
                        "teacher.output.kind: must be auto or numbers, for the data has target = numbers");
        assertThatThrownBy(() -> execute(digits("losses = [soft-binary-cross-entropy]")
                        + "labels { codec { kind = top-k, keep = 2 } }\n"
                        + onnx("tags.onnx", "divide-by = 16", "name = logits")))
                .hasMessageContaining("must be float16 or float32, for top-k keeps the likeliest of several classes");
        String ensemble = "teacher { kind = ensemble, average = probabilities, members = [{ kind = network, seed = 1,"
                + " architecture { kind = mlp, hidden = [4] } }, { kind = network, seed = 2, architecture { kind = mlp,"
                + " hidden = [4] } }] }";
        assertThatThrownBy(() -> execute(diabetes("losses = [logit-mse]") + ensemble))
                .hasMessageContaining(
                        "teacher.average: must be logits (the mean of the outputs), for the data has target"
                                + " = numbers");
    }

    @Test
    void numbersAndSeveralClassesGoThroughCompression() throws IOException {
        String compress = "losses = [squared-error], compress = [{ kind = prune-channels, ratio = 0.25, importance ="
                + " taylor, losses = [], floor { max-drop = 0.5, on-break = roll-back } }, { kind = quantize, samples ="
                + " 64, agreement = 0.5 }]";
        JsonNode report = execute(diabetes(compress) + NETWORK);
        assertThat(report.at("/students/0/stages")).hasSize(3);
        assertThat(report.at("/students/0/stages/2/figures/metrics/r2").asDouble())
                .isGreaterThan(0.1);
        JsonNode digits = execute(
                digits("losses = [balanced-cross-entropy], compress = [{ kind = quantize-in-training, training {"
                                + " epochs = 2, batch-size = 64 } }]")
                        + NETWORK);
        assertThat(digits.at("/students/0/stages/1/figures/accuracy").asDouble())
                .isGreaterThan(0.85);
    }

    @Test
    void lossesThatDoNotSuitAreRefusedBeforeAnythingRuns() {
        assertThatThrownBy(() -> execute(digits("losses = [soft-target]") + NETWORK))
                .hasMessageContaining(
                        "loss 'soft-target' is for target = class, but the data has target =" + " several-classes");
        assertThatThrownBy(() -> execute(diabetes("losses = [logit-mse]")
                        + NETWORK.replace("training {", "losses = [cross-entropy], training {")))
                .hasMessageContaining("loss 'cross-entropy' is for target = class, but the data has target = numbers");
        assertThatThrownBy(() -> execute(diabetes("losses = [teacher-huber], control = hard-labels") + NETWORK))
                .hasMessageContaining(
                        "students[0].control: must be left out, for hard-labels are the teacher's most"
                                + " probable classes, and the data has target = numbers; the gain over the baseline needs none");
        assertThat(directory.resolve("root/store/networks")).doesNotExist();
    }

    private static String onnx(String file, String encoder, String output) {
        return """
                teacher { kind = onnx, path = "%s", inputs = [{ name = features, encoder { kind = tensor, %s } }]
                  output { %s } }
                """.formatted(file(file), encoder, output);
    }

    private static String diabetes(String losses) {
        String source = "kind = csv, target = numbers, label = progression, paths = [\"%s\"]";
        return """
                data { train { %s }, test { %s }, samples-per-shard = 64 }
                students = [{ name = small, architecture { kind = mlp, hidden = [16] }
                  %s, training { epochs = 30, batch-size = 32, learning-rate { rate = 1e-2 } } }]
                """.formatted(
                        source.formatted(file("diabetes.csv")), source.formatted(file("diabetes-test.csv")), losses);
    }

    private static String digits(String losses) {
        String source =
                "kind = csv, target = several-classes, labels = [even, small, round], element = uint8, paths = [\"%s\"]";
        return """
                data { train { %s }, test { %s }, samples-per-shard = 256 }
                students = [{ name = small, architecture { kind = mlp, hidden = [16] }
                  %s, training { epochs = 20, batch-size = 64, learning-rate { rate = 1e-2 } } }]
                """.formatted(
                        source.formatted(file("digits.csv.gz")), source.formatted(file("digits-test.csv.gz")), losses);
    }

    private static double rootMeanSquaredError(Path onnx) throws Exception {
        List<float[]> features = new ArrayList<>();
        List<Float> labels = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(file("diabetes-test.csv"))).stream()
                .skip(1)
                .toList()) {
            String[] values = line.split(",", -1);
            float[] row = new float[values.length - 1];
            for (int i = 0; i < row.length; i++) {
                row[i] = Float.parseFloat(values[i]);
            }
            features.add(row);
            labels.add(Float.parseFloat(values[row.length]));
        }
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(onnx.toString());
                OnnxTensor input = OnnxTensor.createTensor(environment, features.toArray(float[][]::new));
                OrtSession.Result result =
                        session.run(Map.of(session.getInputNames().iterator().next(), input))) {
            float[][] answers = (float[][]) result.get(0).getValue();
            double sum = 0;
            for (int i = 0; i < answers.length; i++) {
                sum += Math.pow(answers[i][0] - labels.get(i), 2);
            }
            return Math.sqrt(sum / answers.length);
        }
    }

    private static String file(String name) {
        try {
            return Path.of(TaskRunTest.class.getResource("/tasks/" + name).toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private Path runOf(JsonNode report) {
        return directory.resolve("root/runs/tasks").resolve(report.at("/run").asText());
    }

    private JsonNode execute(String recipe) throws IOException {
        Path run = SmallRun.execute("name = tasks\n" + recipe, directory.resolve("root"), line -> {});
        return new ObjectMapper().readTree(run.resolve("report.json").toFile());
    }
}
