package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.junit.RetortExtension;
import io.retort.junit.TestRuns;
import io.retort.ml.OnnxTransformer;
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
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import picocli.CommandLine;

/** Students of each kind, and the test vectors beside them. */
@ExtendWith(RetortExtension.class)
class VerifyCommandTest {
    private static final Path RESOURCES = Path.of("src/test/resources").toAbsolutePath();

    /** A teacher that is good enough for tests of what its student's files say. */
    static final Map<String, Object> BRIEF_REGRESSION = Map.of("kind", "logistic-regression", "iterations", 10);

    private static final String[] WINE = {
        "IF(CAST(hue AS DOUBLE) > 1.1, NULL, CAST(hue AS DOUBLE)) AS hue",
        "CAST(proline AS DOUBLE) AS proline",
        "IF(CAST(color_intensity AS DOUBLE) > 4, 'dark', 'light') AS colour",
        "cultivar"
    };

    /** That of the wines, which no test changes. */
    private static Path student;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void distil(TestRuns retort) {
        student = student(retort, wine("wine.csv"), wine("wine-test.csv"), "mlp");
    }

    private int verify(Path... arguments) {
        CommandLine commandLine = Retort.commandLine(List.of("verify"));
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        String[] words = new String[arguments.length + 1];
        words[0] = "verify";
        for (int i = 0; i < arguments.length; i++) {
            words[i + 1] = arguments[i].toString();
        }
        return commandLine.execute(words);
    }

    /** The student of a logistic regression, with all outputs and calibrated halves, or of texts of a network. */
    private static Path student(
            TestRuns retort, Map<String, Object> train, Map<String, Object> test, String architecture) {
        boolean isText = train.get("kind").equals("text");
        Map<String, Object> training = Map.of("epochs", 2, "batch-size", 16);
        Recipe.Builder recipe = Recipe.builder()
                .set("name", "verify")
                .set("data.train", train)
                .set("data.test", test)
                .set("data.scaling", isText ? "none" : "standardise")
                .set(
                        "teacher",
                        isText
                                ? Map.of("kind", "network", "architecture", architecture, "training", training)
                                : Map.of("kind", "spark-ml", "estimator", BRIEF_REGRESSION))
                .set(
                        "students",
                        List.of(Map.of(
                                "name",
                                "small",
                                "architecture",
                                architecture,
                                "losses",
                                List.of("soft-target"),
                                "training",
                                training,
                                "compress",
                                isText ? List.of() : List.of("float16"))));
        if (!isText) {
            recipe.set("export.outputs", List.of("logits", "label", "probabilities"));
            recipe.set("defaults.students.calibration", "temperature");
            recipe.set("data.validation.fraction", 0.2);
        }
        return Path.of(retort.result(recipe.build()).directory().toUri().getPath())
                .resolve("student-small-seed1.onnx");
    }

    static Map<String, Object> wine(String file) {
        return Map.of(
                "kind", "spark",
                "format", "csv",
                "path", RESOURCES.resolve("tables").resolve(file).toString(),
                "options", Map.of("header", true),
                "select", List.of(WINE),
                "features", List.of("hue", "proline"),
                "categories", List.of("colour"),
                "missing", "keep",
                "label", "cultivar",
                "class-names", List.of("barolo", "grignolino", "barbera"));
    }

    /** Texts of four topics. */
    static Map<String, Object> reviews() {
        return Map.of(
                "kind",
                "text",
                "paths",
                List.of(RESOURCES.resolve("teachers/reviews-test.csv").toString()),
                "text",
                "text",
                "label",
                "topic",
                "class-names",
                List.of("books", "films", "meals", "trips"),
                "length",
                16);
    }

    private static JsonNode vectors(Path student) throws IOException {
        return new ObjectMapper()
                .readTree(Path.of(student.toString().replace(".onnx", ".test-vectors.json"))
                        .toFile());
    }

    @Test
    void aTableIsReplayedByItsColumns(TestRuns retort) throws IOException {
        assertThat(verify(student)).as(err::toString).isZero();
        assertThat(out.toString()).contains("the same answers to 16 rows");
        JsonNode vectors = vectors(student);
        assertThat(vectors.path("inputs")).hasSize(3);
        assertThat(vectors.path("inputs").findValuesAsText("type")).contains("float32", "string");
        assertThat(vectors.path("outputs").get(0).path("shape").toString()).isEqualTo("[16,3]");
        assertThat(vectors.path("inputs").toString()).as("missing numbers").contains("null");
        assertThat(vectors.path("outputs").findValuesAsText("name"))
                .containsExactly("logits", "probabilities", "label");
        assertThat(vectors.path("outputs").get(2).path("shape").toString()).isEqualTo("[16]");
        Dataset<Row> rows = retort.session()
                .read()
                .option("header", true)
                .csv(RESOURCES.resolve("tables/wine-test.csv").toString())
                .selectExpr(WINE);
        OnnxTransformer model =
                new OnnxTransformer().setModel(student.toString()).setMissing("keep");
        Dataset<Row> scored = model.transform(rows);
        assertThat(scored.schema()).isEqualTo(model.transformSchema(rows.schema()));
        assertThat(scored.selectExpr(
                                "label = array('barolo', 'grignolino', 'barbera')[array_position(logits, array_max(logits)) - 1]"
                                        + " AND label = array('barolo', 'grignolino', 'barbera')"
                                        + "[array_position(probabilities, array_max(probabilities)) - 1]"
                                        + " AND abs(aggregate(probabilities, 0d, (a, b) -> a + b) - 1) < 1e-5 AS holds")
                        .distinct()
                        .collectAsList())
                .containsExactly(RowFactory.create(true));
    }

    @Test
    void aLabelThatIsAnotherIsFoundOut(TestRuns retort) throws IOException {
        Path vectors = Path.of(student.toString().replace(".onnx", ".test-vectors.json"));
        Path changed = retort.root().resolve("labels.json");
        Files.writeString(
                changed, Files.readString(vectors).replaceFirst("\"(barolo|grignolino|barbera)\"", "\"syrah\""));
        assertThat(verify(student, Path.of("--vectors=" + changed))).isEqualTo(1);
        assertThat(err.toString())
                .contains("the model answers otherwise: output 'label' of row 1 is '", "must be 'syrah'");
    }

    @Test
    void textsAreReplayedByTheirIds(TestRuns retort) throws IOException {
        Map<String, Object> text = reviews();
        Path ofTexts = student(retort, text, text, "embedding-bag");
        assertThat(verify(ofTexts)).as(err::toString).isZero();
        assertThat(vectors(ofTexts).path("inputs").get(0).path("type").asText()).isEqualTo("int64");
    }

    @Test
    void aChampionIsReplayedByItsName(TestRuns retort) throws IOException {
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
        Path root = Path.of("--root=" + retort.root());
        assertThat(verify(Path.of("wines"), root)).as(err::toString).isZero();
        assertThat(out.toString()).contains("registry/wines/versions/1/student.onnx: the same answers to 16 rows");
        assertThat(verify(Path.of("beers"), root)).isEqualTo(1);
        assertThat(err.toString()).contains("model 'beers' is not in the registry", "it has wines");
    }

    @Test
    void anotherStudentIsFoundOut(TestRuns retort) throws IOException {
        Path vectors = Path.of(student.toString().replace(".onnx", ".test-vectors.json"));
        Path changed = retort.root().resolve("changed.json");
        Files.writeString(changed, Files.readString(vectors).replaceFirst("dark|light", "green"));
        assertThat(verify(student, Path.of("--vectors=" + changed))).isEqualTo(1);
        assertThat(err.toString()).contains("the model answers otherwise: it differs by ");
        assertThat(verify(RESOURCES.resolve("tasks/progression.onnx"), Path.of("--vectors=" + vectors)))
                .isEqualTo(1);
        assertThat(err.toString())
                .contains("the model's input 'features', float32 [batch, 10], is not among [hue, proline, colour]");
        assertThat(verify(RESOURCES.resolve("tasks/tags.onnx"))).isEqualTo(1);
        assertThat(err.toString()).contains("tags.test-vectors.json does not exist");
    }
}
