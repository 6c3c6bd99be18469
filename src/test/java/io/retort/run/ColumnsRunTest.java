package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.engine.onnx.ForeignTeachers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of several columns, of which a student reads some and a teacher others: reviews, whose topics follow from words and city. */
class ColumnsRunTest {
    private static final String TEACHER = """
            teacher { kind = onnx, path = "%s"
              inputs = [{ name = text, encoder = text }, { name = city, encoder = text }, { name = age, encoder = tensor }]
              output { name = probabilities } }
            """;

    @TempDir
    private Path directory;

    @Test
    void aTeacherReadsWhatAStudentOfTextsDoesNot() throws IOException {
        JsonNode report = execute(texts(12));
        // scikit-learn's model is right for all 160 held-out rows; the student does not see the city that two topics
        // need
        assertThat(report.at("/teacher/accuracy").asDouble()).isEqualTo(1);
        assertThat(report.at("/students/0/stages/0/figures/accuracy").asDouble())
                .isBetween(0.5, 0.95);
        assertThat(report.at("/teacher/probe").toString()).contains("output: probabilities");
    }

    @Test
    void anotherLengthOfTheStudentsTextsNeitherShardsNorLabelsAnew() throws IOException {
        execute(texts(12));
        long shards = files("store/shards");
        long labels = files("store/labels");
        assertThat(shards).isPositive();
        execute(texts(8));
        assertThat(files("store/shards")).isEqualTo(shards);
        assertThat(files("store/labels")).isEqualTo(labels);
    }

    @Test
    void aStudentOfNumbersHasATeacherOfTexts() throws IOException {
        JsonNode report = execute("""
                data {
                  train { %1$s, paths = ["%2$s"] }
                  test { %1$s, paths = ["%3$s"] }
                  samples-per-shard = 100
                }
                students = [{ name = small, architecture { kind = mlp, hidden = [4] }, losses = [soft-target]
                  training { epochs = 1, batch-size = 32 } }]
                """.formatted(
                        "kind = csv, label = topic, features = [age], columns = [{ name = text, type = text },"
                                + " { name = city, type = text }], class-names = [books, films, meals, trips]",
                        file("reviews.csv"),
                        file("reviews-test.csv")));
        assertThat(report.at("/teacher/accuracy").asDouble()).isEqualTo(1);
        assertThat(report.at("/dataset/shape").toString()).isEqualTo("[1]");
    }

    /** As scikit-learn's converters leave a model; of what is ahead of a ZipMap, ONNX Runtime knows no sizes. */
    @ParameterizedTest
    @ValueSource(strings = {"", "output { name = output_probability }", "output { name = normalised }"})
    void readsAZipMap(String output) throws IOException {
        Path file = directory.resolve("zip-map.onnx");
        Files.write(file, ForeignTeachers.zipMap(List.of("trips", "films", "books", "meals")));
        String teacher = TEACHER.formatted(file).replace("output { name = probabilities }", output);
        assertThat(execute(texts(12), teacher).at("/teacher/accuracy").asDouble())
                .isEqualTo(1);
    }

    @Test
    void countsWhatIsAheadOfAZipMap() throws IOException {
        Path file = directory.resolve("zip-map.onnx");
        Files.write(file, ForeignTeachers.zipMap(List.of("trips", "films", "books")));
        String teacher = TEACHER.formatted(file)
                .replace("output { name = probabilities }", "classes = [books, films, meals, trips]");
        assertThatThrownBy(() -> execute(texts(12), teacher)).hasMessageContaining("has 3 values per row");
    }

    @Test
    void namesTheColumnsThatThereAre() {
        assertThatThrownBy(() -> execute(texts(12).replace("{ name = city, type = text }, ", "")))
                .hasMessageContaining("teacher.inputs[1].encoder")
                .hasMessageContaining("text (text)");
        String unknown = TEACHER.formatted(file("reviews.onnx"))
                .replace("name = city, encoder = text", "name = city, encoder { kind = text, columns = [town] }");
        assertThatThrownBy(() -> execute(texts(12), unknown))
                .hasMessageContaining("teacher.inputs[1].encoder.columns")
                .hasMessageContaining("no column of texts 'town'")
                .hasMessageContaining("city (text)");
    }

    @Test
    void sourcesHaveTheSameColumns() {
        int heldOut = texts(12).indexOf("test {");
        String recipe = texts(12).substring(0, heldOut)
                + texts(12).substring(heldOut).replace("{ name = city, type = text }, ", "");
        assertThatThrownBy(() -> execute(recipe))
                .hasMessageContaining("the columns [text (text), city (text), age (float32 [1])] and [text (text), age")
                .hasMessageContaining("data.train and data.test");
    }

    private String texts(int length) {
        return """
                data {
                  train { %1$s, paths = ["%2$s"], length = %4$d }
                  test { %1$s, paths = ["%3$s"], length = %4$d }
                  samples-per-shard = 100, scaling = none
                }
                students = [{ name = small, architecture { kind = embedding-bag, dimension = 8 }
                  losses = [soft-target], training { epochs = 8, batch-size = 32, learning-rate { rate = 0.05 } } }]
                """.formatted(
                        "kind = text, text = text, label = topic, columns = [{ name = city, type = text }, { name = age, type ="
                                + " float32 }], class-names = [books, films, meals, trips]",
                        file("reviews.csv"),
                        file("reviews-test.csv"),
                        length);
    }

    private static String file(String name) {
        return ForeignTeachers.path(name).toString();
    }

    private JsonNode execute(String recipe) throws IOException {
        return execute(recipe, TEACHER.formatted(file("reviews.onnx")));
    }

    private JsonNode execute(String recipe, String teacher) throws IOException {
        Path run = SmallRun.execute("name = reviews\n" + recipe + teacher, directory.resolve("root"), line -> {});
        return new ObjectMapper().readTree(run.resolve("report.json").toFile());
    }

    private long files(String place) throws IOException {
        try (Stream<Path> all = Files.walk(directory.resolve("root").resolve(place))) {
            return all.filter(path -> path.toString().endsWith(".parquet")).count();
        }
    }
}
