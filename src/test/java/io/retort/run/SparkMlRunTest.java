package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Teachers of Spark ML: fitted here on the labelled rows. */
class SparkMlRunTest {
    private static final String BOOSTED =
            "teacher { kind = spark-ml, estimator { kind = gradient-boosted-trees, trees = 10 }%s }\n";
    private static final String FOREST =
            "teacher { kind = spark-ml, estimator { kind = random-forest, trees = 20, depth = 8 }%s }\n";

    @TempDir
    private Path directory;

    @Test
    void aForestTeachesANetworkAndIsFittedOnce() throws IOException {
        JsonNode report = execute(Wine.data("") + FOREST.formatted("") + Wine.STUDENT);
        assertThat(report.at("/teacher/accuracy").asDouble()).isGreaterThan(0.93);
        assertThat(report.at("/students/0/stages/0/figures/accuracy").asDouble())
                .isGreaterThan(0.85);
        assertThat(report.at("/teacher/bytes").asLong()).isBetween(1_000L, 100_000L);
        assertThat(report.at("/teacher/probe").toString()).contains("labelled out of fold, in 5 folds");
        assertThat(report.at("/warnings").toString()).doesNotContain("surer").doesNotContain("fitted on");
        List<Path> models = files("store/models");
        assertThat(models).hasSize(1);
        long written = Files.getLastModifiedTime(models.get(0)).toMillis();
        long labels = files("store/labels").size();
        execute(Wine.data("") + FOREST.formatted("") + Wine.STUDENT.replace("hidden = [8]", "hidden = [6]"));
        assertThat(files("store/models")).isEqualTo(models);
        assertThat(Files.getLastModifiedTime(models.get(0)).toMillis()).isEqualTo(written);
        assertThat(files("store/labels")).hasSize((int) labels);
    }

    /** Of one label in two, the others are labelled by the model of all. */
    @Test
    void rowsWithoutALabelAreLabelledToo() {
        JsonNode report = execute(Wine.data("") + "data.label-limit = 60\n" + FOREST.formatted("") + Wine.STUDENT);
        assertThat(report.at("/teacher/accuracy").asDouble()).isGreaterThan(0.85);
        assertThat(report.at("/dataset/trainLabelled").asLong()).isEqualTo(60);
    }

    /** A night that brings rows without a label fits nothing anew, and labels no row again. */
    @Test
    void newRowsWithoutALabelNeedNoNewFit() throws IOException {
        List<String> lines = Files.readAllLines(Wine.path("wine.csv"));
        String names = lines.get(0);
        List<String> bare = lines.stream()
                .skip(1)
                .map(line -> line.replaceAll(",(barolo|barbera|grignolino),", ",,"))
                .toList();
        Path labelled = write("labelled.csv", names, lines.subList(1, 61));
        Path first = write("first.csv", names, bare.subList(60, 90));
        Path second = write("second.csv", names, bare.subList(90, bare.size()));
        String recipe = Wine.data("") + FOREST.formatted("") + Wine.STUDENT + "data.train.paths = [\"%s\", \"%s\"%s]\n";
        execute(recipe.formatted(labelled, first, ""));
        List<Path> models = files("store/models");
        List<Path> labels = files("store/labels");
        JsonNode report = execute(recipe.formatted(labelled, first, ", \"" + second + "\""));
        assertThat(files("store/models")).isEqualTo(models).hasSize(1);
        assertThat(files("store/labels")).containsAll(labels).hasSize(labels.size() + 1);
        assertThat(report.at("/dataset/trainLabelled").asLong()).isEqualTo(60);
        Files.writeString(labelled, names + "\n" + String.join("\n", lines.subList(1, 71)) + "\n");
        execute(recipe.formatted(labelled, first, ", \"" + second + "\""));
        assertThat(files("store/models"))
                .as("another labelled row needs a new fit")
                .hasSize(2);
    }

    private Path write(String name, String names, List<String> lines) throws IOException {
        return Files.writeString(directory.resolve(name), names + "\n" + String.join("\n", lines) + "\n");
    }

    @Test
    void labellingInFoldIsWarnedOf() throws IOException {
        JsonNode report = execute(twoClasses() + BOOSTED.formatted(", folds = 1") + Wine.STUDENT);
        assertThat(report.at("/teacher/accuracy").asDouble()).isGreaterThan(0.85);
        assertThat(report.at("/warnings").toString()).contains("teacher labels the rows that it is fitted on");
    }

    @Test
    void refusesWhatCannotBeFitted() throws IOException {
        assertThatThrownBy(() -> execute(Wine.data("") + BOOSTED.formatted("") + Wine.STUDENT))
                .hasMessageContaining("teacher.estimator: is for two classes, and the data has 3; take random-forest");
        assertThatThrownBy(() -> execute(Wine.data("") + FOREST.formatted(", columns = [price]") + Wine.STUDENT))
                .hasMessageContaining("teacher.columns: there is no column of numbers 'price'");
        String unlabelled = Wine.data("").replaceFirst("label = cultivar, ", "");
        assertThatThrownBy(() -> execute(unlabelled + FOREST.formatted("") + Wine.STUDENT))
                .hasMessageContaining("teacher: must learn from labels, and no row of data.train has one");
        assertThatThrownBy(
                        () -> execute(Wine.data("") + "data.label-limit = 6\n" + FOREST.formatted("") + Wine.STUDENT))
                .hasMessageContaining("the teacher is fitted in 5 folds, which need 10 labelled training rows at least,"
                        + " but there are 6");
    }

    /** Grignolino or another. */
    private String twoClasses() throws IOException {
        Path train = directory.resolve("two.csv");
        Path test = directory.resolve("two-test.csv");
        for (List<Path> pair :
                List.of(List.of(Wine.path("wine.csv"), train), List.of(Wine.path("wine-test.csv"), test))) {
            String text = Files.readString(pair.get(0));
            Files.writeString(pair.get(1), text.replaceAll(",(barolo|barbera),", ",other,"));
        }
        return Wine.data(train, test, "", "label = cultivar, class-names = [grignolino, other]");
    }

    private JsonNode execute(String recipe) {
        return Wine.execute(recipe, directory.resolve("root"), line -> {});
    }

    private List<Path> files(String place) throws IOException {
        try (Stream<Path> all = Files.walk(directory.resolve("root").resolve(place))) {
            return all.filter(path ->
                            Files.isRegularFile(path) && !path.toString().endsWith(".crc"))
                    .sorted()
                    .toList();
        }
    }
}
