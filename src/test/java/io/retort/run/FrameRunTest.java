package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.engine.onnx.ForeignTeachers;
import io.retort.plan.Preview;
import io.retort.scaling.PlannedWorkload;
import io.retort.scaling.Workload;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run whose rows Spark loads: reviews, whose topics a teacher from elsewhere knows. */
class FrameRunTest {
    private static final String COLUMNS =
            "label = topic, class-names = [books, films, meals, trips], features = [age, older],"
                    + " columns = [{ name = text, type = text }, { name = city, type = text }, { name = age32, type = float32 }],"
                    + " select = [age, \"age + 1 AS older\", \"age AS age32\", text, city, topic";

    @TempDir
    private Path root;

    @Test
    void filesAreReadOnceAndASecondRunHasNothingToDo() throws IOException {
        String files = "kind = spark, format = csv, options { header = true, escape = \"\\\"\" },"
                + " schema = \"text STRING, city STRING, age DOUBLE, topic STRING\", " + COLUMNS + "]";
        String recipe = recipe(
                files + ", path = \"" + file("reviews.csv") + "\"",
                files + ", path = \"" + file("reviews-test.csv") + "\"");
        List<String> lines = new ArrayList<>();
        RecipeRun.Result first = run(recipe, lines);
        JsonNode report = new ObjectMapper()
                .readTree(Path.of(first.directory().toUri().getPath())
                        .resolve("report.json")
                        .toFile());
        // scikit-learn's model is right for all 160 held-out rows
        assertThat(report.at("/teacher/accuracy").asDouble()).isEqualTo(1);
        assertThat(report.at("/dataset/shape").toString()).isEqualTo("[2]");
        assertThat(lines).anyMatch(line -> line.contains("2 features (age, older), label topic, no id"));
        assertThat(run(recipe, lines).work()).isEqualTo(RecipeRun.Work.NONE);
    }

    /** As {@code retort plan} does, in a session of its own. */
    @Test
    void aPlanCountsTheRowsOfEachFile() {
        String files = "kind = spark, format = csv, options { header = true, escape = \"\\\"\" },"
                + " schema = \"text STRING, city STRING, age DOUBLE, topic STRING\", " + COLUMNS + "]";
        String paths = ", paths = [\"" + file("reviews.csv") + "\", \"" + file("reviews-test.csv") + "\"]";
        Workload workload = PlannedWorkload.of(
                        SmallRun.bound("name = reviews\n"
                                + recipe(files + paths + ", where = \"age > 0\"", files + paths + ", limit = 170")),
                        Storage.of(new Configuration()))
                .workload();
        assertThat(workload.train().samples()).isEqualTo(reviews("reviews.csv").count() + 160);
        assertThat(workload.train().readers()).isEqualTo(2);
        assertThat(workload.train().shards()).isEqualTo((reviews("reviews.csv").count() + 99) / 100 + 2);
        assertThat(workload.test().samples()).isEqualTo(170);
    }

    @Test
    void aTableIsReadEachTimeAndLabelsStay() {
        reviews("reviews.csv").createOrReplaceGlobalTempView("train_reviews");
        reviews("reviews-test.csv").createOrReplaceGlobalTempView("test_reviews");
        String table = "kind = spark, id = row, " + COLUMNS + ", row], table = global_temp.";
        String recipe = recipe(table + "train_reviews", table + "test_reviews");
        assertThat(run(recipe, new ArrayList<>()).work()).isEqualTo(RecipeRun.Work.DONE);
        List<String> lines = new ArrayList<>();
        RecipeRun.Result second = run(recipe, lines);
        assertThat(second.work()).isEqualTo(RecipeRun.Work.ALL_REUSED);
        assertThat(second.report().cache().labelled()).isZero();
        assertThat(lines).anyMatch(line -> line.contains("small seed 1: trained before, taken from the store"));
    }

    @Test
    void noArtifactHoldsTheLoginOfADatabase() throws IOException {
        String url = "jdbc:h2:mem:reviews;DB_CLOSE_DELAY=-1";
        String login =
                ", options { url = \"" + url + ";PASSWORD=hunter2secret\", user = reader, password = hunter2secret }";
        for (String name : List.of("reviews.csv", "reviews-test.csv")) {
            reviews(name)
                    .write()
                    .format("jdbc")
                    .option("url", url)
                    .option("user", "reader")
                    .option("password", "hunter2secret")
                    .option("dbtable", "\"" + name + "\"")
                    .save();
        }
        String table =
                "kind = spark, format = jdbc, id = row, " + COLUMNS + ", row]" + login + ", table = \"\\\"%s\\\"\"";
        List<String> lines = new ArrayList<>();
        run(recipe(String.format(table, "reviews.csv"), String.format(table, "reviews-test.csv")), lines);
        assertThat(lines).noneMatch(line -> line.contains("hunter2secret"));
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> holding = files.filter(Files::isRegularFile)
                    .filter(file -> contains(file, "hunter2secret"))
                    .toList();
            assertThat(holding).isEmpty();
        }
        try (Stream<Path> files = Files.walk(root)) {
            assertThat(files.filter(file -> file.endsWith("manifest.json") && contains(file, "jdbc:h2:mem:reviews")))
                    .hasSize(1);
        }
    }

    private static boolean contains(Path file, String text) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aLookAtTheRecipeSaysWhatItCouldNotSee() {
        String files = "kind = spark, format = csv, " + COLUMNS + "], path = \"";
        Preview preview = Preview.of(
                SmallRun.bound("name = reviews\n"
                        + recipe(files + file("reviews.csv") + "\"", files + root.resolve("none.csv") + "\"")),
                Storage.of(new Configuration()));
        assertThat(preview.misfits()).hasSize(1).first().asString().contains("data.test.path", "none.csv");
        assertThat(preview.unseen()).anyMatch(line -> line.startsWith("data.train, since Spark reads its columns"));
    }

    private static Dataset<Row> reviews(String name) {
        SparkSession spark = LocalSpark.session();
        return spark.read()
                .option("header", "true")
                .option("escape", "\"")
                .option("inferSchema", "true")
                .csv(file(name))
                .selectExpr("*", "xxhash64(text, city, age, monotonically_increasing_id()) AS row");
    }

    private static String recipe(String train, String test) {
        return """
                data { train { %s }, test { %s }, samples-per-shard = 100 }
                teacher { kind = onnx, path = "%s"
                  inputs = [{ name = text, encoder = text }, { name = city, encoder = text },
                    { name = age, encoder { kind = tensor, columns = [age32] } }]
                  output { name = probabilities } }
                students = [{ name = small, architecture { kind = mlp, hidden = [4] }, losses = [soft-target]
                  training { epochs = 1, batch-size = 32 } }]
                """.formatted(train, test, file("reviews.onnx"));
    }

    private static String file(String name) {
        return ForeignTeachers.path(name).toString();
    }

    private RecipeRun.Result run(String recipe, List<String> lines) {
        return new RecipeRun(
                        LocalSpark.context(),
                        SmallRun.context(root, lines::add),
                        SmallRun.bound("name = reviews\n" + recipe))
                .execute();
    }
}
