package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.junit.RetortExtension;
import io.retort.junit.TestRuns;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.zoo.PlainNetwork.Mlp;
import io.retort.recipe.Recipe;
import io.retort.registry.RegisteredModel;
import io.retort.storage.Lease;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Students as servers want them; each is opened where it was written, and asked about its test vectors. */
@ExtendWith(RetortExtension.class)
class ExportCommandTest {
    private static final List<String> ALL = List.of("logits", "probabilities", "label");
    private static final Map<String, Object> TRAINING = Map.of("epochs", 2, "batch-size", 16);

    private static Path uncompressed;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    /** The runs of all tests share a root, and so the teacher and its labels. */
    @BeforeAll
    static void distil(TestRuns retort) {
        uncompressed = table(retort, List.of(), ALL);
    }

    private int retort(Object... arguments) {
        String[] words = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
        CommandLine commandLine = Retort.commandLine(List.of(words[0]));
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return commandLine.execute(words);
    }

    private Path exported(String name, Object... arguments) {
        Path target = directory.resolve(name);
        Object[] all = Stream.concat(Stream.of("export", "--out=" + target), Stream.of(arguments))
                .toArray();
        assertThat(retort(all)).as(err::toString).isZero();
        return target;
    }

    private void assertProven(Path... model) {
        assertThat(retort(Stream.concat(Stream.of("verify"), Stream.of(model)).toArray()))
                .as(err::toString)
                .isZero();
    }

    /** The outputs of test vectors by name, with all their values. */
    private static JsonNode answers(Path onnx) throws IOException {
        Path vectors = Path.of(onnx.toString().replaceFirst("\\.onnx$", ".test-vectors.json"));
        return new ObjectMapper().readTree(vectors.toFile()).path("outputs");
    }

    private static List<String> files(Path below) throws IOException {
        try (Stream<Path> files = Files.walk(below)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> below.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    /** The run of a student of a table with categories and missing numbers, whose logits are calibrated. */
    private static Path table(TestRuns retort, List<Object> compress, List<String> outputs) {
        Recipe recipe = Recipe.builder()
                .set("name", "export")
                .set("data.train", VerifyCommandTest.wine("wine.csv"))
                .set("data.test", VerifyCommandTest.wine("wine-test.csv"))
                .set("data.validation.fraction", 0.2)
                .set("teacher", Map.of("kind", "spark-ml", "estimator", VerifyCommandTest.BRIEF_REGRESSION))
                .set("export.outputs", outputs)
                .set("defaults.students.calibration", "temperature")
                .set(
                        "students",
                        List.of(Map.of(
                                "name",
                                "small",
                                "architecture",
                                "mlp",
                                "losses",
                                List.of("soft-target"),
                                "training",
                                TRAINING,
                                "compress",
                                compress,
                                "compact-files",
                                List.of(Map.of("weights", "float32", "coding", "huffman")))))
                .build();
        return Path.of(retort.result(recipe).directory().toUri().getPath());
    }

    @Test
    void anInt8StudentOfATableInEachLayout(TestRuns retort) throws IOException {
        Path run = table(retort, List.of("quantize"), ALL);
        Path student = run.resolve("student-small-seed1.onnx");
        assertProven(student);
        assertThat(answers(student).findValuesAsText("name")).isEqualTo(ALL);

        Path plain = exported("plain", run);
        assertThat(files(plain)).containsExactly("student.onnx", "student.test-vectors.json");
        assertThat(plain.resolve("student.onnx")).hasSameBinaryContentAs(student);
        assertProven(plain);
        assertThat(out.toString())
                .contains("plain: student-small-seed1; any ONNX Runtime opens ", "prove it with: retort verify ");

        Path triton = exported("triton", student, "--layout=triton", "--name=wines", "--outputs=logits,label");
        assertThat(files(triton))
                .containsExactly("wines/1/model.onnx", "wines/1/model.test-vectors.json", "wines/config.pbtxt");
        assertProven(triton.resolve("wines/1"));
        assertThat(answers(triton.resolve("wines/1/model.onnx")).get(0))
                .isEqualTo(answers(student).get(0));
        assertThat(answers(triton.resolve("wines/1/model.onnx")).get(1))
                .isEqualTo(answers(student).get(2));
        assertThat(triton.resolve("wines/config.pbtxt")).hasContent("""
                name: "wines"
                platform: "onnxruntime_onnx"
                max_batch_size: 128
                input {
                  name: "hue"
                  data_type: TYPE_FP32
                  dims: [1]
                }
                input {
                  name: "proline"
                  data_type: TYPE_FP32
                  dims: [1]
                }
                input {
                  name: "colour"
                  data_type: TYPE_STRING
                  dims: [1]
                }
                output {
                  name: "logits"
                  data_type: TYPE_FP32
                  dims: [3]
                }
                output {
                  name: "label"
                  data_type: TYPE_STRING
                  dims: [ 1 ]
                  reshape: { shape: [ ] }
                }
                dynamic_batching { }
                parameters { key: "intra_op_thread_count" value: { string_value: "1" } }
                """);

        Path kserve = exported("kserve", student, "--layout=KServe", "--name=Wines.2");
        assertThat(files(kserve))
                .containsExactly(
                        "inference-service.yaml",
                        "models/Wines.2/1/model.onnx",
                        "models/Wines.2/1/model.test-vectors.json",
                        "models/Wines.2/config.pbtxt");
        assertProven(kserve.resolve("models/Wines.2/1"));
        assertThat(kserve.resolve("inference-service.yaml"))
                .content()
                .contains(
                        "name: wines-2\n",
                        "name: onnx\n",
                        "protocolVersion: v2 # requests go to /v2/models/Wines.2/infer");

        Path compact = run.resolve("student-small-seed1-float32-huffman.compact");
        Path unpacked = exported("unpacked", compact, "--outputs=logits,probabilities,label");
        assertProven(unpacked);
        assertThat(answers(unpacked.resolve("student.onnx")))
                .as("int8 codes, calibration and encoding are the same")
                .isEqualTo(answers(student));

        Files.delete(run.resolve("student-small-seed1/structure.json"));
        exported("nameless", compact);
        assertThat(out.toString()).contains("note: without student-small-seed1/structure.json beside it, classes");
    }

    @Test
    void outputsThatAFileCannotGive(TestRuns retort) throws IOException {
        Path run = table(retort, List.of("float16"), List.of("logits"));
        Path student = run.resolve("student-small-seed1.onnx");
        Path more = exported("more", run, "--outputs=logits,probabilities");
        assertThat(answers(more.resolve("student.onnx")).findValuesAsText("name"))
                .containsExactly("logits", "probabilities");
        assertThat(answers(more.resolve("student.onnx")).get(0))
                .isEqualTo(answers(student).get(0));
        Path unpacked = exported("unpacked", run.resolve("student-small-seed1-float32-huffman.compact"));
        assertThat(unpacked.resolve("student.onnx")).hasSameBinaryContentAs(student);

        assertThat(retort("export", student, "--out=" + more)).isEqualTo(1);
        assertThat(err.toString()).contains("more is there already, and nothing is overwritten");
        Path other = directory.resolve("other");
        assertThat(retort("export", student, "--out=" + other, "--outputs=label"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--outputs must have logits, and may have probabilities and label");
        assertThat(retort("export", student, "--out=" + other, "--name=../x")).isEqualTo(2);
        assertThat(err.toString()).contains("--name must be up to 100 letters");
        Path tags = Path.of("src/test/resources/tasks/tags.onnx");
        assertThat(retort("export", tags, "--out=" + other, "--outputs=logits,label"))
                .isEqualTo(1);
        Path vectors = run.resolve("student-small-seed1.test-vectors.json");
        Files.delete(run.resolve(".student-small-seed1.test-vectors.json.crc"));
        Files.writeString(vectors, Files.readString(vectors).replaceFirst("dark|light", "green"));
        assertThat(retort("export", student, "--out=" + other)).isEqualTo(1);
        assertThat(err.toString()).contains("student-small-seed1.onnx: the model answers otherwise");
        Files.write(unpacked.resolve("damaged.compact"), new byte[] {1, 2, 3});
        assertThat(retort("export", unpacked.resolve("damaged.compact"), "--out=" + other))
                .isEqualTo(1);
        assertThat(err.toString()).contains("damaged.compact does not begin as one");
        assertThat(other).doesNotExist();
    }

    @Test
    void aChampionGoesByItsName(TestRuns retort) throws IOException {
        Path student = uncompressed.resolve("student-small-seed1.onnx");
        RegisteredModel wines = new RegisteredModel(
                Storage.of(new Configuration()),
                new org.apache.hadoop.fs.Path(retort.root().toUri()),
                "wines",
                Clock.systemUTC());
        RegisteredModel.Exported exported = new RegisteredModel.Exported(
                Files.readAllBytes(student),
                Files.readAllBytes(Path.of(student.toString().replace(".onnx", ".test-vectors.json"))));
        try (Lease lease = wines.lease("test", Lease.Terms.USUAL)) {
            Network network = Network.initialised(new Mlp(List.of(3)).build(Shape.vector(4), 3), 1);
            wines.add(lease, ModelsCommandTest.card(1, "accuracy", 0.9), network, exported, List.of("a"));
            wines.promote(lease, 1, "passed");
        }
        Path triton = exported("champion", "wines", "--root=" + retort.root(), "--layout=triton");
        assertProven(triton.resolve("wines/1"));
        assertThat(retort("export", "beers", "--root=" + retort.root(), "--out=" + directory.resolve("no")))
                .isEqualTo(1);
        assertThat(err.toString()).contains("model 'beers' is not in the registry");
    }

    @Test
    void aStudentOfTextsKeepsItsTokenizer(TestRuns retort) throws IOException {
        Map<String, Object> text = VerifyCommandTest.reviews();
        Recipe recipe = Recipe.builder()
                .set("name", "export-texts")
                .set("data.train", text)
                .set("data.test", text)
                .set("data.scaling", "none")
                .set("teacher", Map.of("kind", "network", "architecture", "embedding-bag", "training", TRAINING))
                .set(
                        "students",
                        List.of(Map.of(
                                "name",
                                "small",
                                "architecture",
                                "embedding-bag",
                                "losses",
                                List.of("soft-target"),
                                "training",
                                TRAINING,
                                "compact-files",
                                List.of(Map.of("weights", "float16", "coding", "zstd")))))
                .build();
        Path run = Path.of(retort.result(recipe).directory().toUri().getPath());
        Path triton = exported(
                "texts",
                run.resolve("student-small-seed1-float16-zstd.compact"),
                "--layout=triton",
                "--name=reviews",
                "--outputs=logits,label");
        assertThat(files(triton))
                .containsExactly(
                        "reviews/1/model.onnx",
                        "reviews/1/model.test-vectors.json",
                        "reviews/1/model.tokenizer-test.json",
                        "reviews/1/model.tokenizer.json",
                        "reviews/config.pbtxt");
        assertProven(triton.resolve("reviews/1"));
        assertThat(triton.resolve("reviews/1/model.tokenizer.json"))
                .hasSameBinaryContentAs(run.resolve("student-small-seed1.tokenizer.json"));
        assertThat(answers(triton.resolve("reviews/1/model.onnx")).get(1).toString())
                .contains("books");
        assertThat(triton.resolve("reviews/config.pbtxt")).content().contains("data_type: TYPE_INT64\n  dims: [16]");
    }
}
