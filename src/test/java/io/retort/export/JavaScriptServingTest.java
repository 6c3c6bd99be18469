package io.retort.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.retort.data.encode.TokenInput;
import io.retort.data.encode.TokenizerFiles;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.engine.onnx.write.FurtherOutputs;
import io.retort.engine.onnx.write.FurtherOutputs.Output;
import io.retort.network.Structure;
import io.retort.network.zoo.TextArchitecture.EmbeddingBag;
import io.retort.predict.BatchTensor;
import io.retort.predict.Predictor.Inputs;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.storage.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The JavaScript of docs/SERVING.md gives the answers of this project's own session, and the ids of its tokenizers.
 *
 * <p>It needs node and the two packages that the page names: the environment variable RETORT_NODE_MODULES names the
 * {@code node_modules} that has them. Without it the test is skipped.
 */
class JavaScriptServingTest {
    private static final Path TOKENIZERS = Path.of("src/test/resources/tokenizers");
    private static final int LENGTH = 12;

    @TempDir
    private Path directory;

    @Test
    void theJavaScriptOfThePageServesEachKind() throws Exception {
        String modules = System.getenv("RETORT_NODE_MODULES");
        assumeTrue(modules != null, "RETORT_NODE_MODULES names no node_modules with the packages of docs/SERVING.md");
        ServedStudents students = ServedStudents.in(directory);
        labelled(students);
        for (String kind : List.of("image", "float16", "int8")) {
            vectors(kind + "-student", students.greyFeatures());
        }
        vectors("coloured-student", students.colouredFeatures());
        vectors("table-student", students.table(students.rows()));
        vectors("labelled-student", students.table(students.rows()));
        mixedVectors();
        List<String> tokenizers = List.of("word-piece", "bytes-bpe", "unigram");
        for (String name : tokenizers) {
            tokenizer(name);
        }
        new JsonMapper()
                .writeValue(
                        directory.resolve("asked.json").toFile(),
                        Map.of(
                                "students", vectorFiles(),
                                "tokenizers",
                                        Stream.concat(Stream.of("text-student"), tokenizers.stream())
                                                .toList(),
                                "texts", ServingTest.TEXTS));
        Files.createSymbolicLink(directory.resolve("node_modules"), Path.of(modules));
        Files.writeString(directory.resolve("page.mjs"), String.join("\n\n", ServingTest.blocks("javascript")));
        Files.copy(Path.of("src/test/javascript/serving.mjs"), directory.resolve("serving.mjs"));
        node("serving.mjs");
        JsonNode answers =
                new JsonMapper().readTree(directory.resolve("answers.json").toFile());

        assertThat(answers.get("differences")).hasSize(7);
        answers.get("differences")
                .fields()
                .forEachRemaining(one -> assertThat(one.getValue().asDouble())
                        .as(one.getKey())
                        // In int8 a value on the border between two codes may fall to either side.
                        .isLessThan(one.getKey().startsWith("int8") ? 0.02 : 1e-4));
        assertThat(answers.get("refused").findValuesAsText("")).isEmpty();
        assertThat(answers.get("refused").get(0).asText()).startsWith("logits differs by ");
        assertThat(answers.get("refused").get(1).asText())
                .startsWith("label of row 2 is ")
                .endsWith(", must be none");
        answers.get("tokenizers").fields().forEachRemaining(one -> assertSameIds(one.getKey(), one.getValue()));
        assertThat(answers.get("tokenizers")).hasSize(4);
        float[] ids = ServingTest.ids(students.vocabulary(), ServingTest.TEXTS);
        for (int i = 0; i < ServingTest.TEXTS.size(); i++) {
            assertThat(floats(answers.get("ids").get(i)))
                    .as("ids of \"%s\"", ServingTest.TEXTS.get(i))
                    .isEqualTo(Arrays.copyOfRange(ids, i * ServedStudents.LENGTH, (i + 1) * ServedStudents.LENGTH));
        }
        assertThat(floats(answers.get("logits")))
                .containsExactly(students.logits("text-student.onnx", ids), Offset.offset(1e-4f));
    }

    /** A table's student with each output that a file may have. */
    private void labelled(ServedStudents students) throws IOException {
        byte[] table = Files.readAllBytes(students.directory().resolve("table-student.onnx"));
        Files.write(
                directory.resolve("labelled-student.onnx"),
                FurtherOutputs.behind(
                        table, EnumSet.of(Output.PROBABILITIES, Output.LABEL), FurtherOutputs.Activation.SOFTMAX));
    }

    private void vectors(String student, float[] features) throws IOException {
        try (OnnxPredictor model = open(student)) {
            TensorSpec input = model.inputs().get(0);
            int rows = features.length / input.rowSizes().stream().reduce(1, (a, b) -> a * b);
            BatchTensor tensor = new BatchTensor(input.type(), input.rowSizes(), rows);
            for (int row = 0; row < rows; row++) {
                tensor.putRow(row, features, row * tensor.rowElements());
            }
            write(student, TestVectors.of(model, new Inputs(rows, Map.of(input.name(), tensor))));
        }
    }

    private void mixedVectors() throws IOException {
        List<Map<String, Object>> rows = ServedStudents.mixedRows();
        try (OnnxPredictor model = open("mixed-student")) {
            Map<String, BatchTensor> tensors = new HashMap<>();
            for (TensorSpec input : model.inputs()) {
                BatchTensor tensor = new BatchTensor(input.type(), input.rowSizes(), rows.size());
                for (int row = 0; row < rows.size(); row++) {
                    Object value = rows.get(row).get(input.name());
                    if (value instanceof Number number) {
                        tensor.putRow(row, new float[] {number.floatValue()}, 0);
                    } else if (input.type() == io.retort.predict.ElementType.STRING) {
                        tensor.putText(row, 0, value == null ? "" : value.toString());
                    } else {
                        tensor.putRow(row, new float[] {Float.NaN}, 0);
                    }
                }
                tensors.put(input.name(), tensor);
            }
            write("mixed-student", TestVectors.of(model, new Inputs(rows.size(), tensors)));
        }
    }

    private OnnxPredictor open(String student) throws IOException {
        byte[] file = Files.readAllBytes(directory.resolve(student + ".onnx"));
        return OnnxPredictor.open(file, List.of(), 1, OnnxPredictor.Kinds.NUMBERS_AND_TEXTS);
    }

    private void write(String student, TestVectors vectors) throws IOException {
        TestVectors lenient = student.startsWith("int8")
                ? new TestVectors(vectors.version(), vectors.rows(), 0.02, vectors.inputs(), vectors.outputs())
                : vectors;
        Files.write(directory.resolve(student + TestVectors.SUFFIX), Json.file(lenient));
    }

    private List<String> vectorFiles() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(TestVectors.SUFFIX))
                    .map(name -> name.substring(0, name.length() - TestVectors.SUFFIX.length()))
                    .sorted()
                    .toList();
        }
    }

    /** The files of a student that reads texts by a tokenizer of somebody's own. */
    private void tokenizer(String name) throws IOException {
        byte[] file = Files.readAllBytes(TOKENIZERS.resolve(name + ".json"));
        Structure structure = new EmbeddingBag(2).buildForTexts(TokenInput.vocabulary(file, name, LENGTH), LENGTH, 2);
        for (Map.Entry<String, byte[]> one : TokenizerFiles.of(structure).entrySet()) {
            Files.write(directory.resolve(name + "." + one.getKey()), one.getValue());
        }
    }

    private void assertSameIds(String name, JsonNode ids) {
        try {
            JsonNode cases = new JsonMapper()
                    .readTree(directory.resolve(name + ".tokenizer-test.json").toFile())
                    .get("cases");
            assertThat(cases).hasSizeGreaterThan(15);
            for (int i = 0; i < cases.size(); i++) {
                assertThat(ids.get(i))
                        .as("%s: %s", name, cases.get(i))
                        .isEqualTo(cases.get(i).get("ids"));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static float[] floats(JsonNode numbers) {
        return new JsonMapper().convertValue(numbers, float[].class);
    }

    private void node(String script) throws IOException, InterruptedException {
        Path printed = directory.resolve("printed.txt");
        ProcessBuilder builder = new ProcessBuilder("node", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile());
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        Process process = builder.start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(printed)).isZero();
    }
}
