package io.retort.run;

import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.retort.plan.Preview;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import io.retort.teacher.RecipeMismatchException.Misfit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Teachers that are columns of the data: the scores that a gradient-boosted model of scikit-learn gave. */
class ScoreColumnsRunTest {
    private static final String SCORES = "{ name = p_barbera, type = float32 }, { name = p_barolo, type = float32 },"
            + " { name = p_grignolino, type = float32 }";
    private static final String TEACHER = """
            teacher { kind = column, columns = [p_barbera, p_barolo, p_grignolino], output = probabilities
              classes = [barbera, barolo, grignolino] }
            """;

    @TempDir
    private Path directory;

    @Test
    void aStudentLearnsFromAColumnForEachClass() {
        JsonNode report = execute(Wine.data(SCORES) + TEACHER + Wine.STUDENT);
        // as often as scikit-learn's predictions are right: 57 of 58
        assertThat(report.at("/teacher/accuracy").asDouble()).isEqualTo(57 / 58.0);
        assertThat(report.at("/students/0/stages/0/figures/accuracy").asDouble())
                .isGreaterThan(0.85);
        assertThat(report.at("/teacher/probe").toString()).contains("output: probabilities");
        assertThat(report.at("/teacher/parameters").isMissingNode()
                        || report.at("/teacher/parameters").isNull())
                .isTrue();
    }

    @Test
    void anArrayAndTheGreatestOfItAreTheSameTeacher() throws IOException {
        String classes = "classes = [barbera, barolo, grignolino] }\n";
        String whole = "teacher { kind = column, columns = [scores], output = probabilities, " + classes;
        JsonNode report = execute(arrays("{ name = scores, type = float32, width = 3 }") + whole + Wine.STUDENT);
        assertThat(report.at("/teacher/accuracy").asDouble()).isEqualTo(57 / 58.0);
        String top =
                "teacher { kind = column, columns = [best], indices = places, output = log-probabilities, " + classes;
        report =
                execute(arrays("{ name = best, type = float32, width = 2 }, { name = places, type = uint8, width = 2 }")
                        + top
                        + Wine.STUDENT);
        assertThat(report.at("/teacher/accuracy").asDouble()).isEqualTo(57 / 58.0);
        assertThat(report.at("/teacher/probe").toString()).containsPattern("kept mass: 0\\.9\\d+ in the mean");
    }

    @Test
    void aLabelThatSomebodyGaveIsATeacher() {
        JsonNode report = execute(Wine.data("{ name = said, type = text }")
                + "teacher { kind = column, columns = [said], output = label }\n" + Wine.STUDENT);
        assertThat(report.at("/teacher/accuracy").asDouble()).isEqualTo(57 / 58.0);
    }

    /** Probabilities at temperature 2 are square roots of others, divided by their sum. */
    @Test
    void softenedScoresAreThoseOfTheirTemperature() throws IOException {
        Path soft = directory.resolve("soft");
        String root = "sqrt(p_barbera), sqrt(p_barolo), sqrt(p_grignolino)";
        write(soft, "transform(array(" + root + "), p -> p / (sqrt(p_barbera) + sqrt(p_barolo) + sqrt(p_grignolino)))");
        String teacher = "teacher { kind = column, columns = [scores], output = probabilities, temperature = 2"
                + ", classes = [barbera, barolo, grignolino] }\n";
        JsonNode softened =
                execute(parquet(soft, "{ name = scores, type = float32, width = 3 }") + teacher + Wine.STUDENT);
        JsonNode plain = execute(Wine.data(SCORES) + TEACHER + Wine.STUDENT);
        assertThat(softened.at("/teacher/metrics/negative-log-likelihood").asDouble())
                .isCloseTo(plain.at("/teacher/metrics/negative-log-likelihood").asDouble(), within(1e-3));
    }

    @Test
    void aRowWhoseScoresAreNoneIsNamed() throws IOException {
        Path broken = directory.resolve("broken.csv");
        String text = Files.readString(Wine.path("wine.csv"));
        Files.writeString(broken, text.replace("0.023224,0.945320,0.031456", "0.023224,0.5,0.031456"));
        String data = Wine.data(
                broken, Wine.path("wine-test.csv"), SCORES, "label = cultivar, class-names = " + Wine.CLASS_NAMES);
        assertThatThrownBy(() -> execute(data + TEACHER + Wine.STUDENT))
                .hasMessageContaining("the scores of row ")
                .hasMessageContaining("columns [p_barbera, p_barolo, p_grignolino]: must be probabilities, which are in"
                        + " [0, 1] and add up to 1, were [0.023224, 0.5, 0.031456] with the sum 0.55468");
    }

    /** Scores of a model that was fitted on the training rows. */
    @Test
    void aTeacherThatIsSureOfTheLabelledRowsAloneIsWarnedOf() throws IOException {
        Path sure = directory.resolve("sure.csv");
        String text = Files.readString(Wine.path("wine.csv"));
        Files.writeString(
                sure,
                text.replaceAll(",barbera,[^a-z]*", ",barbera,0.9999,0.00005,0.00005,")
                        .replaceAll(",barolo,[^a-z]*", ",barolo,0.00005,0.9999,0.00005,")
                        .replaceAll(",grignolino,[^a-z]*", ",grignolino,0.00005,0.00005,0.9999,"));
        String label = "label = cultivar, class-names = " + Wine.CLASS_NAMES;
        JsonNode report = execute(Wine.data(sure, Wine.path("wine-test.csv"), SCORES, label) + TEACHER + Wine.STUDENT);
        assertThat(report.at("/warnings").toString())
                .contains("the teacher is much surer of the labelled training rows than of the held-out ones (mean"
                        + " entropy 0.0011 and 0.");
        report = execute(Wine.data(SCORES) + TEACHER + Wine.STUDENT);
        assertThat(report.at("/warnings").toString()).doesNotContain("surer");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "columns = [p_barbera, p_barolo, p_grignolino], output = logits | teacher.classes |"
                        + " missing; name the data's classes [barolo, grignolino, barbera] in the order of the scores",
                "columns = [p_barbera, p_barolo], output = logits, classes = [barbera, barolo, grignolino] | teacher.columns |"
                        + " must hold 3 values per row, one for each class of the data, but hold 2",
                "columns = [p_barbera, p_barolo, p_grignolino], output = logits, classes = [barbera, barolo, merlot] |"
                        + " teacher.classes | must be the data's classes [barolo, grignolino, barbera] in the order of the"
                        + " scores, was [barbera, barolo, merlot]; without [grignolino]; not of the data: [merlot]",
                "columns = [hue, p_barolo, p_grignolino], output = logits, classes = [barbera, barolo, grignolino] |"
                        + " teacher.columns | 'hue' is a feature that students read, too; list it in columns of the sources, as"
                        + " { name = hue, type = float32 }, so that it is none",
                "columns = [mood], output = label | teacher.columns | there is no column 'mood'",
            })
    void findsMisfitsBeforeAnythingRuns(String teacher, String key, String message) {
        assertThat(misfits(Wine.data(SCORES), Wine.STUDENT, teacher))
                .singleElement()
                .satisfies(misfit -> {
                    assertThat(misfit.path()).isEqualTo(key.strip());
                    assertThat(misfit.message()).startsWith(message.strip());
                });
    }

    @Test
    void scoresAreOfRowsAsTheyAre() throws IOException {
        String images = arrays("{ name = scores, type = float32, width = 3 }")
                .replace("features = features", "features = features, shape = [1, 2, 3]");
        String views = """
                students = [{ name = small, architecture { kind = mlp, hidden = [8] }, losses = [soft-target]
                  training { epochs = 1, views { crop = 1 } } }]
                """;
        String teacher = "columns = [scores], output = probabilities, classes = [barbera, barolo, grignolino]";
        assertThat(misfits(images, views, teacher))
                .singleElement()
                .hasToString("students[0].training.views: must be none, for the scores of the teacher are those of rows"
                        + " as they are");
    }

    private static List<Misfit> misfits(String data, String student, String teacher) {
        return Preview.of(
                        SmallRun.bound(
                                "name = wine\n" + data + "teacher { kind = column, " + teacher + " }\n" + student),
                        Storage.of(new Configuration()))
                .misfits();
    }

    private String arrays(String columns) throws IOException {
        Path written = directory.resolve("arrays");
        if (!Files.exists(written)) {
            write(written, "array(p_barbera, p_barolo, p_grignolino)");
        }
        return parquet(written, columns);
    }

    /** The wines as Parquet files, with arrays of their scores. */
    private void write(Path to, String scores) {
        for (String file : List.of("wine", "wine-test")) {
            Dataset<Row> rows = SparkSession.builder()
                    .sparkContext(LocalSpark.context().sc())
                    .getOrCreate()
                    .read()
                    .option("header", "true")
                    .option("inferSchema", "true")
                    .csv(Wine.path(file + ".csv").toString());
            rows.withColumn("features", expr("array(alcohol, flavanoids, color_intensity, hue, od_ratio, proline)"))
                    .withColumn("scores", expr(scores))
                    .withColumn(
                            "sorted",
                            expr("array_sort(transform(scores, (p, i) -> named_struct('p', -ln(p), 'i', i)))"))
                    .withColumn("best", expr("transform(slice(sorted, 1, 2), one -> -one.p)"))
                    .withColumn("places", expr("transform(slice(sorted, 1, 2), one -> one.i)"))
                    .drop("sorted")
                    .coalesce(1)
                    .write()
                    .parquet(to.resolve(file).toString());
        }
    }

    private static String parquet(Path directory, String columns) {
        String source = "kind = parquet, paths = [\"%s\"], features = features, columns = [%s], label = cultivar,"
                + " class-names = " + Wine.CLASS_NAMES;
        return "data {\n  train { " + source.formatted(directory.resolve("wine"), columns) + " }\n  test { "
                + source.formatted(directory.resolve("wine-test"), columns) + " }\n  samples-per-shard = 50\n}\n";
    }

    private JsonNode execute(String recipe) {
        return Wine.execute(recipe, directory.resolve("root"), line -> {});
    }
}
