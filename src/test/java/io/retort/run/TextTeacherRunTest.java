package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.data.tokenize.Berts;
import io.retort.engine.onnx.ForeignTeachers;
import io.retort.run.ProbePass.Probed;
import io.retort.run.record.RunContext;
import io.retort.spark.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transformers from elsewhere, which read texts by a tokenizer of their own, teach an embedding-bag. */
class TextTeacherRunTest {
    private static final String DATA = """
            data {
              train { %1$s, paths = ["%2$s"] }
              test { %1$s, paths = ["%3$s"] }
              samples-per-shard = 100
              scaling = none
            }
            """.formatted(
                    "kind = text, text = text, label = topic, columns = [{ name = city, type = text }], length = 12,"
                            + " class-names = [books, films, meals, trips]",
                    ForeignTeachers.path("reviews.csv"),
                    ForeignTeachers.path("reviews-test.csv"));

    private static final String STUDENT = """
            students = [{ name = bag, architecture { kind = embedding-bag, dimension = 8 }, losses = [soft-target]
              training { epochs = 8, batch-size = 32, learning-rate { rate = 5e-2 } } }]
            """;

    private static final String CLASSIFIER = """
            teacher { kind = onnx, path = "%s", output { name = logits }
              tokenizer { path = "%s", column = text, second-column = city, max-length = 16 } }
            """;

    /** The embeddings of the same model, which a regression reads. */
    private static final String REGRESSION = """
            teacher { kind = spark-ml, estimator { kind = logistic-regression, decay = %s }
              features { kind = onnx, path = "%s", output = last_hidden_state, pooling = mean
                tokenizer { path = "%s", column = text, second-column = city, max-length = 16 } } }
            """;

    @TempDir
    private Path directory;

    private final List<String> said = new ArrayList<>();

    @Test
    void aClassifierTeachesByTheTokensOfItsOwnTokenizer() throws IOException {
        JsonNode report = execute("root", classifier(Berts.MODEL));
        double accuracy = new ObjectMapper()
                .readTree(ForeignTeachers.path("texts/expected.json").toFile())
                .path("accuracy")
                .asDouble();
        assertThat(report.at("/teacher/accuracy").asDouble()).isCloseTo(accuracy, within(1e-9));
        // the student does not see the city that two topics need
        assertThat(report.at("/students/0/stages/0/figures/accuracy").asDouble())
                .isBetween(0.5, 0.95);
        assertThat(report.at("/teacher/probe").toString())
                .contains("note: a text has 14.")
                .contains("0.0 % of the texts are cut at 16");
    }

    @Test
    void anotherLengthOrTokenizerLabelsAnew() throws IOException {
        execute("root", classifier(Berts.MODEL));
        long labels = labels();
        execute("root", classifier(Berts.MODEL) + "teacher.tokenizer.max-length = 12\n");
        assertThat(labels()).isEqualTo(2 * labels);
        Path other = Files.writeString(
                directory.resolve("tokenizer.json"),
                Files.readString(Berts.TOKENIZER).replace("\"lowercase\":true", "\"lowercase\":false"));
        execute("root", CLASSIFIER.formatted(Berts.MODEL, other));
        assertThat(labels()).isEqualTo(3 * labels);
    }

    @Test
    void namesWhatIsWrongBeforeAnythingRuns() {
        assertThatThrownBy(() -> execute("root", CLASSIFIER.formatted(Berts.MODEL, directory.resolve("none.json"))))
                .hasMessageContaining("teacher.tokenizer.path: ")
                .hasMessageContaining("none.json does not exist");
        assertThatThrownBy(() -> execute("root", classifier(Berts.MODEL).replace("city, max", "town, max")))
                .hasMessageContaining("teacher.tokenizer.second-column: there is no column of texts 'town'");
        assertThatThrownBy(() -> execute("root", classifier(Berts.MODEL) + "teacher.tokenizer.attention-mask = mask\n"))
                .hasMessageContaining("teacher.tokenizer.attention-mask: the model has no input 'mask'");
        assertThatThrownBy(() -> execute(
                        "root", "teacher { kind = onnx, path = \"" + Berts.MODEL + "\", output { name = logits } }\n"))
                .hasMessageContaining("teacher.inputs: nothing makes the model's input 'input_ids', int64 [batch, ?]")
                .hasMessageContaining("add tokenizer { path = \"tokenizer.json\" }");
        assertThat(directory.resolve("root/store/labels")).doesNotExist();
    }

    @Test
    void saysThatATokenizerIsNotTheModels() throws IOException {
        Path other = Files.writeString(
                directory.resolve("tokenizer.json"),
                Files.readString(Berts.TOKENIZER).replaceFirst("\"soup\":\\d+", "\"soup\":29999"));
        assertThatThrownBy(() -> execute("root", CLASSIFIER.formatted(Berts.MODEL, other)))
                .hasMessageContaining("with ids up to 29999: is it the model's own tokenizer");
    }

    @Test
    void theProbeShowsTheLengthsOfTexts() {
        RunContext context = SmallRun.context(directory.resolve("root"), said::add);
        Probed probed = new ProbePass(
                        LocalSpark.context(),
                        context,
                        SmallRun.bound("name = texts\n" + DATA + classifier(Berts.FIXED) + STUDENT))
                .execute()
                .get(0);
        assertThat(probed.refusal()).isEmpty();
        assertThat(probed.lines())
                .anyMatch(line -> line.startsWith("input: input_ids int32 [batch, 16]"))
                .anyMatch(line -> line.startsWith("note: a text has "));
    }

    @Test
    void aRegressionOnEmbeddingsTeachesWhatFewLabelsSay() throws IOException {
        JsonNode report = execute("root", regression("0.01") + "data.label-limit = 80\n");
        assertThat(report.at("/dataset/trainLabelled").asLong()).isEqualTo(80);
        assertThat(report.at("/teacher/accuracy").asDouble()).isGreaterThan(0.95);
        assertThat(report.at("/students/0/stages/0/figures/accuracy").asDouble())
                .isBetween(0.5, 0.95);
        assertThat(report.at("/teacher/bytes").asLong()).isGreaterThan(Files.size(Berts.MODEL));
        assertThat(report.at("/teacher/probe").toString())
                .contains("note: a text has 14.")
                .contains("fitted on the values of [retort-features]")
                .contains("labelled out of fold, in 5 folds");
        assertThat(said).anyMatch(line -> line.contains("features of teacher"));
    }

    /** Features and labels of 4 shards of training rows and 2 of held-out ones. */
    @Test
    void embeddingsAreMadeOnceWhateverReadsThem() throws IOException {
        execute("root", regression("0.01, iterations = 10"));
        assertThat(labels()).isEqualTo(6 + 6);
        execute("root", regression("0.02, iterations = 10"));
        assertThat(labels()).isEqualTo(6 + 2 * 6);
        execute("root", regression("0.02, iterations = 10").replace("pooling = mean", "pooling = first"));
        assertThat(labels()).isEqualTo(2 * 6 + 3 * 6);
    }

    @Test
    void namesWhatIsWrongWithAnEmbedding() {
        assertThatThrownBy(() -> execute("root", regression("0.01").replace(", pooling = mean", "")))
                .hasMessageContaining(
                        "teacher.features.pooling: must be mean or first, for 'last_hidden_state' is float32"
                                + " [batch, ?, 32], a vector for each token");
        assertThatThrownBy(() -> execute("root", regression("0.01").replace("last_hidden_state", "logits")))
                .hasMessageContaining("teacher.features.pooling: must be none, for 'logits' is float32 [batch, 4]");
        assertThatThrownBy(() -> execute("root", regression("0.01").replace("output = last_hidden_state, ", "")))
                .hasMessageContaining("teacher.features.output: missing; name the output that is the embedding");
        assertThatThrownBy(() -> execute("root", regression("0.01").replace("column = text", "column = words")))
                .hasMessageContaining("teacher.features.tokenizer.column: there is no column of texts 'words'");
    }

    private static String regression(String decay) {
        return REGRESSION.formatted(decay, Berts.MODEL, Berts.TOKENIZER);
    }

    private static String classifier(Path model) {
        return CLASSIFIER.formatted(model, Berts.TOKENIZER);
    }

    private JsonNode execute(String root, String teacher) throws IOException {
        Path run = SmallRun.execute("name = texts\n" + DATA + teacher + STUDENT, directory.resolve(root), said::add);
        return new ObjectMapper().readTree(run.resolve("report.json").toFile());
    }

    private long labels() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("root/store/labels"))) {
            return files.filter(path -> path.toString().endsWith(".parquet")).count();
        }
    }
}
