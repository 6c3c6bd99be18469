package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.config.ConfigException;
import io.retort.data.tokenize.Berts;
import io.retort.engine.onnx.ForeignTeachers;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.plan.Plan;
import io.retort.report.Report;
import io.retort.report.SummaryTable;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import io.retort.teacher.RecipeMismatchException;
import io.retort.teacher.RecipeMismatchException.Misfit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A student learns the vectors of a small transformer of texts, whether or not the texts have labels. */
class EmbeddingRunTest {
    private static final String CLASSES = "label = topic, class-names = [books, films, meals, trips]";

    private static final String DATA =
            """
            data {
              train { kind = text, text = text, %%s length = 12, columns = [{ name = city, type = text }], paths = ["%s"] }
              test { kind = text, text = text, %%s length = 12, columns = [{ name = city, type = text }], paths = ["%s"] }
              samples-per-shard = 100
              scaling = none
              embedding.dimension = %%d
            }
            """.formatted(ForeignTeachers.path("reviews.csv"), ForeignTeachers.path("reviews-test.csv"));

    /** Vectors of 32 values. */
    private static final String TEACHER = """
            teacher { kind = embedding
              features { kind = onnx, path = "%s", output = last_hidden_state, pooling = mean, scale = unit
                tokenizer { path = "%s", column = text, second-column = city, max-length = 16 } } }
            """.formatted(Berts.MODEL, Berts.TOKENIZER);

    private static final String STUDENT = """
            students = [{ name = bag, architecture { kind = embedding-bag, dimension = 16 }, losses = [embedding-cosine]
              training { epochs = 8, batch-size = 32, learning-rate { rate = 5e-2 } } }]
            """;

    @TempDir
    private Path directory;

    private Path run;
    private final List<String> said = new ArrayList<>();

    @Test
    void aStudentLearnsVectorsOfTextsWithoutLabels() throws IOException {
        JsonNode report = execute(recipe("", 32));
        JsonNode student = report.at("/students/0/stages/0/figures");
        assertThat(report.at("/dataset/score").asText()).isEqualTo("cosine");
        assertThat(report.at("/dataset/trainLabelled").asLong()).isZero();
        assertThat(report.at("/teacher/accuracy").asDouble()).isCloseTo(1, within(1e-6));
        assertThat(student.at("/accuracy").asDouble())
                .isGreaterThan(student.at("/metrics/constant-cosine").asDouble() + 0.02)
                .isEqualTo(student.at("/metrics/cosine").asDouble())
                .isEqualTo(student.at("/metrics/agreement").asDouble());
        assertThat(student.at("/metrics/recall-at-10").asDouble()).isBetween(0.15, 0.9);
        assertThat(student.at("/metrics").has("neighbour-accuracy")).isFalse();
        assertThat(student.at("/metrics").has("probe-accuracy")).isFalse();
        assertThat(Files.readString(run.resolve("report.html")))
                .contains("of the ten nearest by the teacher", "<th>recall at 10</th>");
        assertThat(report.at("/students/0/baseline").isMissingNode()
                        || report.at("/students/0/baseline").isNull())
                .isTrue();
        assertThat(report.at("/summary/0/comparison").isObject()).isFalse();
    }

    @Test
    void classesBesideTheVectorsJudgeThem() throws IOException {
        JsonNode report = execute(recipe(CLASSES, 32));
        double teacher =
                report.at("/teacher/figures/metrics/neighbour-accuracy").asDouble();
        double student = report.at("/students/0/stages/0/figures/metrics/neighbour-accuracy")
                .asDouble();
        assertThat(SummaryTable.of(Json.parse(Files.readString(run.resolve("report.json")), Report.class)))
                .contains("bag: ")
                .contains(" % of the ten nearest by the teacher's vectors are among the ten nearest; ")
                .contains(" % are of the class of most of their ten nearest, by the teacher's vectors ")
                .contains("no baseline");
        double probe = report.at("/teacher/figures/metrics/probe-accuracy").asDouble();
        double ofStudent =
                report.at("/students/0/stages/0/figures/metrics/probe-accuracy").asDouble();
        assertThat(probe).isBetween(0.6, 1.0);
        assertThat(ofStudent).isBetween(0.5, 1.0);
        assertThat(SummaryTable.of(Json.parse(Files.readString(run.resolve("report.json")), Report.class)))
                .contains(
                        "no baseline: only the teacher says where a row's vector points",
                        String.format(
                                Locale.ROOT,
                                "%.2f %% are of the class that a linear classifier finds, by the teacher's vectors %.2f %%, of which",
                                100 * ofStudent,
                                100 * probe));
        assertThat(Files.readString(run.resolve("report.html")))
                .contains("Students beside their teacher", "<li>no baseline: ", " that a linear classifier finds, ")
                .contains("<th>probe accuracy</th>")
                .doesNotContain("The baseline is the same network");
        assertThat(teacher).isGreaterThan(0.5);
        assertThat(student).isBetween(0.4, 1.0);
        assertThat(report.at("/dataset/classes").toString()).isEqualTo("[\"books\",\"films\",\"meals\",\"trips\"]");
        assertThat(report.at("/dataset/trainLabelled").asLong())
                .as("nothing learns from labels")
                .isZero();
    }

    @Test
    void shorterVectorsAreThePrincipalComponentsOfTheTeachers() throws IOException {
        JsonNode whole = execute(recipe("", 32));
        long labels = labels();
        JsonNode report = execute(recipe("", 3));
        assertThat(labels()).as("the teacher is not asked again").isEqualTo(labels);
        assertThat(said)
                .anyMatch(line -> line.matches("vectors: the 32 values of the teacher's become 3 by principal"
                        + " components of 320 training texts, which keep \\d{2,3}\\.\\d % of their variance"));
        assertThat(report.at("/students/0/stages/0/figures/parameters").asLong())
                .isEqualTo(whole.at("/students/0/stages/0/figures/parameters").asLong() - 29 * (16 + 1));
        assertThat(report.at("/students/0/stages/0/figures/metrics/recall-at-10")
                        .asDouble())
                .isGreaterThan(0.15);
    }

    /** Of the architecture that has a layer called so. */
    @Test
    void theOutputOfTheStudentIsCalledEmbedding() throws Exception {
        execute(recipe("", 3)
                .replace(
                        "kind = embedding-bag, dimension = 16",
                        "kind = text-cnn, dimension = 8, widths = [2], filters = 8"));
        byte[] onnx = Files.readAllBytes(run.resolve("student-bag-seed1.onnx"));
        assertThat(OnnxModel.classNames(onnx)).isEmpty();
        try (OrtSession session = OnnxSession.ortSession(onnx, 1)) {
            assertThat(session.getOutputNames()).containsExactly("embedding");
        }
    }

    /** Vectors of three values that are in the data, of two features. */
    @Test
    void columnsOfVectorsTeachAndTheFileGivesWhatTheReportSays() throws IOException {
        Files.writeString(directory.resolve("train.csv"), rows(600, 1));
        Files.writeString(directory.resolve("test.csv"), rows(100, 2));
        String columns = Stream.of("u", "v", "w")
                .map(name -> "{ name = " + name + ", type = float32 }")
                .collect(Collectors.joining(", ", "columns = [", "]"));
        JsonNode report = execute("""
                name = vectors
                data { embedding.dimension = 3, samples-per-shard = 200
                  train { kind = csv, paths = ["%1$s/train.csv"], features = [x, y], %2$s }
                  test { kind = csv, paths = ["%1$s/test.csv"], features = [x, y], %2$s } }
                teacher { kind = column, columns = [u, v, w], output = embedding }
                students = [{ name = small, architecture { kind = mlp, hidden = [16] }, losses = [embedding-cosine]
                  training { epochs = 12, batch-size = 32, learning-rate.rate = 2e-2 } }]
                """.formatted(directory, columns));
        double cosine = report.at("/students/0/stages/0/figures/accuracy").asDouble();
        assertThat(cosine).isGreaterThan(0.97);
        double sum = 0;
        List<String> lines = rows(100, 2).lines().skip(1).toList();
        try (OnnxSession session = OnnxSession.open(Files.readAllBytes(run.resolve("student-small-seed1.onnx")), 1)) {
            for (String line : lines) {
                String[] values = line.split(",", -1);
                float[] given =
                        session.logits(new float[] {Float.parseFloat(values[0]), Float.parseFloat(values[1])}, 1);
                double product = 0;
                double squares = 0;
                double squaresOfTeacher = 0;
                for (int i = 0; i < 3; i++) {
                    double taught = Double.parseDouble(values[2 + i]);
                    product += taught * given[i];
                    squares += given[i] * (double) given[i];
                    squaresOfTeacher += taught * taught;
                }
                sum += product / Math.sqrt(squares * squaresOfTeacher) / lines.size();
            }
        }
        assertThat(sum).as("labels are stored as float16").isCloseTo(cosine, within(1e-5));
    }

    private static String rows(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder csv = new StringBuilder("x,y,u,v,w\n");
        for (int i = 0; i < count; i++) {
            double x = random.nextDouble(-2, 2);
            double y = random.nextDouble(-2, 2);
            csv.append(String.format(Locale.ROOT, "%.4f,%.4f,%.4f,%.4f,%.4f%n", x, y, 3 * Math.sin(x), x * y, y + 0.5));
        }
        return csv.toString();
    }

    @Test
    void squaredDistancesAndRelationsServe() throws IOException {
        JsonNode report = execute(recipe("", 32)
                .replace(
                        "losses = [embedding-cosine]",
                        "losses = [embedding-mse, { kind = relation-distance, weight = 0.1 }]"));
        JsonNode metrics = report.at("/students/0/stages/0/figures/metrics");
        assertThat(metrics.at("/cosine").asDouble())
                .isGreaterThan(metrics.at("/constant-cosine").asDouble());
        // between nearly unit vectors: the squared distance, 2 - 2 cos, over 32 values
        assertThat(metrics.at("/mean-squared-error").asDouble())
                .isLessThan((2 - 2 * metrics.at("/constant-cosine").asDouble()) / 32);
    }

    @Test
    void whatDoesNotSuitVectorsIsRefusedBeforeAnythingRuns() {
        assertThat(misfits(recipe("", 64)))
                .containsExactly(
                        "data.embedding.dimension: must be at most 32, the width of the teacher's vectors, was 64");
        assertThat(misfits(recipe("", 32).replace("[embedding-cosine]", "[soft-target]")))
                .anyMatch(text -> text.contains("loss 'soft-target' is for target = class, but the data has target ="
                        + " embedding; for that there are embedding-cosine and embedding-mse"));
        assertThat(misfits(recipe("", 32) + "labels.codec = { kind = top-k, keep = 3 }\n"))
                .anyMatch(text -> text.contains("must be float16 or float32, for top-k keeps"));
        assertThat(misfits(recipe("", 8) + "retrain.model = search\n"))
                .containsExactly(
                        "data.embedding.dimension: must be 32, that of the teacher, where retrain.model is set, was"
                                + " 8; a reduction is fitted to each night's rows, so vectors of two nights would not compare");
        assertThat(misfits(recipe(CLASSES, 32)
                        .replace(
                                "name = bag,",
                                "name = bag, calibration { kind = mean-probability, classes = [books] },")))
                .anyMatch(text -> text.contains("is for rows of one class each"));
        assertThat(misfits(recipe(CLASSES, 32).replace("name = bag,", "name = bag, control = hard-labels,")))
                .anyMatch(text -> text.contains("students[0].control: must be left out, for hard-labels are the"));
        assertThatThrownBy(() -> SmallRun.bound(recipe("", 32).replace("embedding.dimension = 32", "")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("data.embedding missing; the teacher gives vectors");
        assertThatThrownBy(() -> SmallRun.bound(recipe("", 32)
                        .replace(TEACHER, "teacher { kind = onnx, path = x, output { name = logits } }\n")))
                .hasMessageContaining("teacher: must be of kind embedding, or of kind column with output = embedding");
        assertThat(misfits(recipe("", 32).replace("paths = [", "label = age, target = numbers, paths = [")))
                .anyMatch(text -> text.startsWith("data.train.target: must be left out where data.embedding is set"));
        assertThat(misfits(recipe("", 32)
                        .replace("embedding.dimension = 32", "")
                        .replace(
                                "kind = embedding\n  features { kind = onnx, ",
                                "kind = onnx, output { name = logits }\n  ")
                        .replace("output = last_hidden_state, pooling = mean, scale = unit", "")
                        .replace("max-length = 16 } } }", "max-length = 16 } }")
                        .replace("embedding-cosine", "soft-target")))
                .containsExactly(
                        "data.train.classes: missing, and so is a column of labels; say how many classes there are,"
                                + " or name them by class-names; where a teacher's vectors are learned, set"
                                + " data.embedding.dimension");
        assertThatThrownBy(() -> SmallRun.bound(recipe("target = embedding", 32)))
                .hasMessageContaining(
                        "data.train.target: must be left out where a teacher's vectors are learned, which are no"
                                + " labels; set data.embedding.dimension instead");
        assertThat(directory.resolve("root")).doesNotExist();
    }

    /** What a plan refuses, which takes as long as it takes; a preview would give up on a busy machine. */
    private static List<String> misfits(String text) {
        try {
            Plan.ahead(SmallRun.bound(text), Storage.of(new Configuration()));
            return List.of();
        } catch (RecipeMismatchException e) {
            return e.misfits().stream()
                    .map(misfit -> misfit.path() + ": " + misfit.message())
                    .toList();
        } catch (IllegalArgumentException e) {
            Misfit misfit = Misfit.at("", e);
            return List.of(misfit.path() + ": " + misfit.message());
        }
    }

    private static String recipe(String labels, int dimension) {
        String settings = labels.isEmpty() ? "" : labels + ",";
        return "name = vectors\n" + DATA.formatted(settings, settings, dimension) + TEACHER + STUDENT;
    }

    private JsonNode execute(String recipe) throws IOException {
        run = SmallRun.execute(recipe, directory.resolve("root"), said::add);
        return new ObjectMapper().readTree(run.resolve("report.json").toFile());
    }

    private long labels() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("root/store/labels"))) {
            return files.filter(path -> path.toString().endsWith(".parquet")).count();
        }
    }
}
