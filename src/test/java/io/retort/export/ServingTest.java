package io.retort.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.retort.data.encode.Tokens;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.network.Vocabulary;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The code in docs/SERVING.md gives the logits and labels that this project's own session gives.
 *
 * <p>The Python needs an interpreter with numpy, onnxruntime and tokenizers: the environment variable RETORT_PYTHON names one, or
 * python3 is taken. Without one, that test is skipped.
 */
class ServingTest {
    private static final Path PAGE = Path.of("docs", "SERVING.md");
    /** Of the largest logit: two versions of ONNX Runtime may add in different orders. */
    private static final float TOLERANCE = 1e-4f;

    /** Letters whose case, form, kind or script is a matter of rules. */
    private static final String LETTERS =
            "ΣσςΑαİIıßﬁŉǅabZ9٣½Ⅳ²ªº日本語カタかなกำไทยहिन्दी한글ລາວខ្មែរမြန်မာ\u0301\u0345\u200d\u200c.,'·:_-’ \n\t〇々ー𝒜𠮷";

    static final List<String> TEXTS = Stream.concat(
                    Stream.of(
                            "A fast viewer for large pictures",
                            "",
                            " \t-- ;\n",
                            "ΟΔΟΣ οδός ΑΣ.Α",
                            "İstanbul'da çay",
                            "Cafe\u0301 caf\u00e9 CAFÉ",
                            "x".repeat(41) + " " + "x".repeat(40),
                            "one two three four five six seven eight nine ten eleven twelve",
                            "我们在北京喝茶。日本語のテキスト、カタカナも",
                            "ผมชอบดื่มชาในกรุงเทพ",
                            "हिन्दी में एक वाक्य"),
                    IntStream.range(0, 400).mapToObj(ServingTest::randomText))
            .toList();

    @TempDir
    private Path directory;

    @Test
    void theJavaOfThePageServesATable() throws Exception {
        ServedStudents students = ServedStudents.in(directory);
        List<String> snippets = blocks("java");
        assertThat(snippets).hasSize(1);
        Path source = Files.writeString(directory.resolve("TableStudent.java"), snippets.get(0));
        int status = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-d", directory.toString(), "-cp", classPath(), source.toString());
        assertThat(status).isZero();
        List<Map<String, Float>> rows = students.rows();
        try (URLClassLoader loader =
                        new URLClassLoader(new URL[] {directory.toUri().toURL()});
                AutoCloseable student = (AutoCloseable) loader.loadClass("TableStudent")
                        .getConstructor(String.class)
                        .newInstance(directory.resolve("table-student.onnx").toString())) {
            Object labels = student.getClass().getMethod("labels", List.class).invoke(student, rows);
            assertThat(labels).isEqualTo(students.labels("table-student.onnx", students.table(rows)));
        }
    }

    @Test
    void thePythonOfThePageServesEachKind() throws Exception {
        String python = python();
        ServedStudents students = ServedStudents.in(directory);
        List<String> snippets = blocks("python");
        assertThat(snippets).hasSize(5);
        Files.writeString(directory.resolve("serving.py"), String.join("\n\n", snippets));
        Files.writeString(directory.resolve("driver.py"), Files.readString(Path.of("src/test/python/serving.py")));
        ObjectNode asked = new JsonMapper().createObjectNode();
        asked.putPOJO("rows", students.rows());
        asked.putPOJO("mixed", ServedStudents.mixedRows());
        asked.putPOJO("texts", TEXTS);
        asked.putPOJO("grey", students.grey());
        asked.putPOJO("coloured", students.coloured());
        new JsonMapper().writeValue(directory.resolve("asked.json").toFile(), asked);

        List<String> printed = run(python, "driver.py");
        JsonNode answers =
                new JsonMapper().readTree(directory.resolve("answers.json").toFile());

        float[] row = students.table(List.of(Map.of("width", 2.5f, "height", 120f, "colour", 3f, "weight", 0.75f)));
        Map<String, Object> mixedRow = new HashMap<>(Map.of("city", "Rome", "age", 31)); // the others are missing
        float[] picture = new float[28 * 28];
        Arrays.fill(picture, 127);
        assertThat(printed)
                .containsExactly(
                        students.labels("image-student.onnx", picture)
                                .toString()
                                .replaceAll("\\w+", "'$0'"),
                        students.labels("table-student.onnx", row).toString().replaceAll("\\w+", "'$0'"),
                        students.labels("mixed-student.onnx", ServedStudents.mixedFeatures(List.of(mixedRow)))
                                .toString()
                                .replaceAll("\\w+", "'$0'"),
                        students.labels("text-student.onnx", ids(students.vocabulary(), TEXTS.subList(0, 1)))
                                .toString()
                                .replaceAll("\\w+", "'$0'"));

        assertSame(students, answers, "image-student.onnx", students.greyFeatures());
        assertSame(students, answers, "int8-student.onnx", students.greyFeatures());
        assertSame(students, answers, "float16-student.onnx", students.greyFeatures());
        assertSame(students, answers, "coloured-student.onnx", students.colouredFeatures());
        assertSame(students, answers, "table-student.onnx", students.table(students.rows()));
        assertSame(students, answers, "mixed-student.onnx", ServedStudents.mixedFeatures(ServedStudents.mixedRows()));
        float[] ids = ids(students.vocabulary(), TEXTS);
        for (int i = 0; i < TEXTS.size(); i++) {
            float[] expected = Arrays.copyOfRange(ids, i * ServedStudents.LENGTH, (i + 1) * ServedStudents.LENGTH);
            assertThat(floats(answers.get("ids").get(i)))
                    .as("ids of \"%s\"", TEXTS.get(i))
                    .isEqualTo(expected);
        }
        assertSame(students, answers, "text-student.onnx", ids);
        assertThat(answers.get("refused"))
                .extracting(JsonNode::asText)
                .containsExactly(
                        "KeyError: 'weight'",
                        "ValueError: a value is missing or not finite; fill it as the training data were filled",
                        "ValueError: samples have the shape (1, 5, 5), must have (1, 28, 28)");
    }

    private static void assertSame(ServedStudents students, JsonNode answers, String file, float[] features)
            throws IOException {
        float[] expected = students.logits(file, features);
        float largest = 0;
        for (float logit : expected) {
            largest = Math.max(largest, Math.abs(logit));
        }
        JsonNode answer = answers.get(file);
        float[] logits = floats(answer.get("logits"));
        // In int8 a value on the border between two codes may fall to either side.
        float tolerance = (file.startsWith("int8") ? 0.02f : TOLERANCE) * largest;
        assertThat(logits).as(file).containsExactly(expected, org.assertj.core.data.Offset.offset(tolerance));
        assertThat(floats(answer.get("alone")))
                .as("%s, one at a time", file)
                .containsExactly(logits, org.assertj.core.data.Offset.offset(TOLERANCE * largest));
        assertThat(answer.get("labels")).extracting(JsonNode::asText).isEqualTo(students.labels(file, features));
        float[] probabilities = floats(answer.get("probabilities"));
        for (int from = 0; from < logits.length; from += ServedStudents.CLASSES.size()) {
            double sum = 0;
            for (int c = from; c < from + ServedStudents.CLASSES.size(); c++) {
                sum += Math.exp(logits[c] - logits[from]);
            }
            assertThat(probabilities[from]).isCloseTo((float) (1 / sum), org.assertj.core.data.Offset.offset(1e-5f));
        }
    }

    static float[] ids(Vocabulary vocabulary, List<String> texts) {
        float[] ids = new float[texts.size() * ServedStudents.LENGTH];
        for (int text = 0; text < texts.size(); text++) {
            int at = text * ServedStudents.LENGTH;
            for (String token : Tokens.of(texts.get(text), ServedStudents.LENGTH)) {
                ids[at++] = vocabulary.id(token);
            }
        }
        return ids;
    }

    private static String randomText(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] letters = LETTERS.codePoints().toArray();
        return IntStream.range(0, random.nextInt(1, 24))
                .map(i -> letters[random.nextInt(letters.length)])
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static float[] floats(JsonNode numbers) {
        List<Float> values = new ArrayList<>();
        numbers.forEach(number -> {
            if (number.isArray()) {
                number.forEach(inner -> values.add((float) inner.asDouble()));
            } else {
                values.add((float) number.asDouble());
            }
        });
        float[] result = new float[values.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = values.get(i);
        }
        return result;
    }

    static List<String> blocks(String language) throws IOException {
        Matcher matcher = Pattern.compile("^```" + language + "\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(PAGE));
        return matcher.results().map(block -> block.group(1)).collect(Collectors.toList());
    }

    /** One that imports what is needed: the one that is named, which then must, or python3. */
    private String python() throws Exception {
        String named = System.getenv("RETORT_PYTHON");
        String python = named == null ? "python3" : named;
        String imports = "import numpy, onnxruntime, tokenizers";
        boolean can;
        try {
            can = ended(python, "-c", imports).exitValue() == 0;
        } catch (IOException e) {
            can = false; // there is no such program
        }
        assertThat(can || named == null)
                .as("RETORT_PYTHON is %s, which must do: %s", named, imports)
                .isTrue();
        assumeTrue(can, "python3 of this machine does not " + imports + "; RETORT_PYTHON may name one that does");
        return python;
    }

    private List<String> run(String python, String script) throws Exception {
        Process process = ended(python, script);
        List<String> lines = Files.readAllLines(directory.resolve("printed.txt"));
        assertThat(process.exitValue()).as(String.join("\n", lines)).isZero();
        return lines;
    }

    private Process ended(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("printed.txt").toFile())
                .start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException(String.join(" ", command) + " does not end");
        }
        return process;
    }

    private static String classPath() {
        return Stream.of(
                        OnnxSession.class,
                        ai.onnxruntime.OrtSession.class,
                        JsonMapper.class,
                        com.fasterxml.jackson.core.JsonProcessingException.class,
                        com.fasterxml.jackson.annotation.JsonCreator.class)
                .map(type ->
                        type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .collect(Collectors.joining(java.io.File.pathSeparator));
    }
}
