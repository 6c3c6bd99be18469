package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.retort.plan.Preview;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import io.retort.teacher.RecipeMismatchException.Misfit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Teachers that are saved pipelines of Spark ML, fitted on the wines as a user would, with the data's own columns. */
class SavedPipelineRunTest {
    private static final String[] READ = {"alcohol", "flavanoids", "color_intensity", "hue", "proline"};

    @TempDir
    private static Path models;

    @TempDir
    private Path directory;

    @BeforeAll
    static void fit() throws IOException {
        VectorAssembler assembler = new VectorAssembler().setInputCols(READ).setOutputCol("assembled");
        // barbera is the rarest class, so Spark's order of the classes is not that of the data
        StringIndexer indexer = new StringIndexer().setInputCol("cultivar").setOutputCol("index");
        RandomForestClassifier forest = new RandomForestClassifier()
                .setNumTrees(20)
                .setSeed(1)
                .setFeaturesCol("assembled")
                .setLabelCol("index");
        save("forest", indexer, assembler, forest);
        save("nameless", assembler, forest.copy(forest.extractParamMap()).setLabelCol("number"));
        save(
                "sql",
                new SQLTransformer().setStatement("SELECT *, alcohol AS more FROM __THIS__"),
                assembler,
                new LogisticRegression().setFeaturesCol("assembled").setLabelCol("number"));
    }

    private static void save(String name, PipelineStage... stages) throws IOException {
        Dataset<Row> rows = SparkSession.builder()
                .sparkContext(LocalSpark.context().sc())
                .getOrCreate()
                .read()
                .option("header", "true")
                .option("inferSchema", "true")
                .csv(Wine.path("wine.csv").toString())
                .selectExpr("*", "CASE cultivar WHEN 'barolo' THEN 0D WHEN 'grignolino' THEN 1D ELSE 2D END AS number");
        PipelineModel model = new Pipeline().setStages(stages).fit(rows);
        model.save(models.resolve(name).toString());
    }

    @Test
    void aPipelineTeachesInTheOrderThatItsIndexerSays() throws IOException {
        JsonNode report = execute(teacher("forest", ""));
        assertThat(report.at("/teacher/accuracy").asDouble()).isGreaterThan(0.93);
        assertThat(report.at("/students/0/stages/0/figures/accuracy").asDouble())
                .isGreaterThan(0.85);
        assertThat(report.at("/teacher/bytes").asLong()).isPositive();
        assertThat(report.at("/teacher/probe").toString())
                .contains("output: probabilities")
                .contains("saved by Spark " + LocalSpark.context().version());
        long labels = labels();
        assertThat(labels).isPositive();
        JsonNode again = execute(teacher("forest", "").replace("hidden = [8]", "hidden = [6]"));
        assertThat(again.at("/cache/labelled").asLong()).isZero();
        assertThat(labels()).isEqualTo(labels);
    }

    /** With scores that are in the data. What executors cannot ask is averaged by its labels. */
    @Test
    void aPipelineIsAMemberOfAnEnsemble() {
        String scores = "{ name = p_barbera, type = float32 }, { name = p_barolo, type = float32 },"
                + " { name = p_grignolino, type = float32 }";
        JsonNode report = execute(Wine.data(scores) + """
                teacher { kind = ensemble, average = probabilities, members = [
                  { kind = spark-ml, path = "%s" }
                  { kind = column, columns = [p_barbera, p_barolo, p_grignolino], output = probabilities
                    classes = [barbera, barolo, grignolino] }] }
                """.formatted(models.resolve("forest")) + Wine.STUDENT);
        assertThat(report.at("/teacher/accuracy").asDouble()).isGreaterThan(0.96);
        assertThat(report.at("/teacher/parts")).hasSize(2);
        assertThat(report.at("/teacher/parts/1/figures/accuracy").asDouble()).isEqualTo(57 / 58.0);
        assertThat(report.at("/teacher/parts/0/figures/accuracy").asDouble()).isGreaterThan(0.93);
    }

    @Test
    void anOrderThatNobodySaysMustBeDeclared() {
        assertThatThrownBy(() -> execute(teacher("nameless", "")))
                .hasMessageContaining("no StringIndexer in it says which class each value of its output is of; name the"
                        + " data's classes [barolo, grignolino, barbera] in the order of the output in"
                        + " teacher.classes");
        JsonNode report = execute(teacher("nameless", ", classes = [barolo, grignolino, barbera]"));
        assertThat(report.at("/teacher/accuracy").asDouble()).isGreaterThan(0.93);
    }

    @Test
    void aFileMayNotChooseWhichCodeRuns() throws IOException {
        assertThat(misfits("sql"))
                .singleElement()
                .satisfies(misfit -> assertThat(misfit.message())
                        .contains("has a stage of class 'org.apache.spark.ml.feature.SQLTransformer', which runs SQL"));
        Path hostile = models.resolve("hostile");
        copy(models.resolve("forest"), hostile);
        try (Stream<Path> files = Files.walk(hostile)) {
            Path stage = files.filter(file -> file.toString().contains("stages/1_")
                            && file.getParent().getFileName().toString().equals("metadata")
                            && file.getFileName().toString().startsWith("part-"))
                    .findFirst()
                    .orElseThrow();
            Files.writeString(
                    stage,
                    Files.readString(stage).replace("org.apache.spark.ml.feature.VectorAssembler", "com.example.Evil"));
        }
        assertThat(misfits("hostile"))
                .singleElement()
                .satisfies(misfit -> assertThat(misfit.message())
                        .contains("has a stage of class 'com.example.Evil', which is none of Spark ML's own"));
        assertThat(misfits("missing"))
                .singleElement()
                .satisfies(misfit -> assertThat(misfit.message()).contains("does not exist"));
    }

    @Test
    void columnsThatThePipelineLacksAreNamed() {
        String fewer = Wine.data("").replace("alcohol, ", "").replace("malic_acid, ", "");
        assertThatThrownBy(() -> Wine.execute(
                        fewer + teacher("forest", "").substring(Wine.data("").length()),
                        directory.resolve("root"),
                        line -> {}))
                .hasMessageContaining("the teacher's pipeline cannot transform rows with the columns [retort_row_id,"
                        + " flavanoids, color_intensity, hue, od_ratio, proline]: ")
                .hasMessageContaining("alcohol");
    }

    private static List<Misfit> misfits(String model) {
        return Preview.of(SmallRun.bound("name = wine\n" + teacher(model, "")), Storage.of(new Configuration()))
                .misfits();
    }

    private static String teacher(String model, String settings) {
        return Wine.data("") + "teacher { kind = spark-ml, path = \"" + models.resolve(model) + "\"" + settings + " }\n"
                + Wine.STUDENT;
    }

    private JsonNode execute(String recipe) {
        return Wine.execute(recipe, directory.resolve("root"), line -> {});
    }

    private long labels() throws IOException {
        try (Stream<Path> all = Files.walk(directory.resolve("root/store/labels"))) {
            return all.filter(file -> file.toString().endsWith(".parquet")).count();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                if (!file.getFileName().toString().endsWith(".crc")) {
                    Files.copy(file, to.resolve(from.relativize(file).toString()));
                }
            }
        }
    }
}
