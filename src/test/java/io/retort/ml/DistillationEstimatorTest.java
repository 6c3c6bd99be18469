package io.retort.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.engine.onnx.run.Latency;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.recipe.Recipe;
import io.retort.run.RecipeRun;
import io.retort.run.progress.Progress;
import io.retort.run.record.RunContext;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Estimators over the wines, as a user of Spark ML has them. */
class DistillationEstimatorTest {
    private static final String[] MEASURED = {"alcohol", "flavanoids", "color_intensity", "hue", "proline"};

    @TempDir
    private Path directory;

    private static Dataset<Row> wines;
    private static PipelineModel forest;

    @BeforeAll
    static void read() {
        wines = LocalSpark.session()
                .read()
                .option("header", "true")
                .option("inferSchema", "true")
                .csv("src/test/resources/tables/wine.csv")
                .withColumn("key", functions.monotonically_increasing_id());
        forest = new Pipeline()
                .setStages(new PipelineStage[] {
                    indexer(),
                    assembler(),
                    new RandomForestClassifier().setNumTrees(20).setSeed(1)
                })
                .fit(wines);
    }

    private static StringIndexer indexer() {
        return new StringIndexer().setInputCol("cultivar").setOutputCol("label");
    }

    private static VectorAssembler assembler() {
        return new VectorAssembler().setInputCols(MEASURED).setOutputCol("features");
    }

    /** Rows with label and features. */
    private static Dataset<Row> prepared() {
        return new Pipeline()
                .setStages(new PipelineStage[] {indexer(), assembler()})
                .fit(wines)
                .transform(wines);
    }

    private static DistillationEstimator quick() {
        return new DistillationEstimator()
                .setArchitecture("{ kind = mlp, hidden = [8] }")
                .setEpochs(20)
                .setBatchSize(16)
                .setLearningRate(0.02)
                .setTestFraction(0.3);
    }

    @Test
    void aForestTeachesAStudentOfAVector() throws IOException {
        Dataset<Row> rows = prepared();
        DistillationEstimator estimator =
                quick().setTeacher(forest).setRoot(directory.resolve("root").toString());
        DistilledModel model = estimator.fit(rows);
        assertThat(model.parent()).isSameAs(estimator);
        assertThat(model.numClasses()).isEqualTo(3);
        assertThat(model.numFeatures()).isEqualTo(5);
        assertThat(model.classNames()).containsExactlyInAnyOrder("barolo", "grignolino", "barbera");
        Dataset<Row> predicted = model.transform(rows);
        assertThat(predicted.columns())
                .isEqualTo(model.transformSchema(rows.schema()).fieldNames());
        assertThat(predicted.columns()).endsWith("features", "rawPrediction", "probability", "prediction");
        try (OnnxSession plain = OnnxSession.open(model.onnx(), 1)) {
            List<Row> all = predicted
                    .select("features", "rawPrediction", "probability", "prediction", "label")
                    .collectAsList();
            int right = 0;
            for (Row row : all) {
                float[] logits = plain.logits(StudentColumns.floats((Vector) row.get(0)), 1);
                Vector raw = (Vector) row.get(1);
                Vector probability = (Vector) row.get(2);
                for (int c = 0; c < logits.length; c++) {
                    assertThat((float) raw.apply(c)).isEqualTo(logits[c]);
                }
                assertThat(Arrays.stream(probability.toArray()).sum()).isCloseTo(1, within(1e-9));
                assertThat(row.getDouble(3)).isEqualTo(model.predict((Vector) row.get(0)));
                assertThat((double) probability.argmax()).isEqualTo(row.getDouble(3));
                right += row.getDouble(3) == row.getDouble(4) ? 1 : 0;
            }
            assertThat((double) right / all.size()).isGreaterThan(0.9);
        }
        assertThat(model.report()).contains("\"title\" : \"columns [retort_scores]\"");
        assertThat(directory.resolve("root/frames"))
                .as("the rows of a fit go when it ends")
                .isEmptyDirectory();
        assertThat(directory.resolve("root/store/shards")).isNotEmptyDirectory();
    }

    /** What the DataFrame's rows teach does not depend on whether they come through an estimator or a recipe. */
    @Test
    void theSameRowsInARecipeGiveTheSameStudent() throws IOException {
        Dataset<Row> rows =
                prepared().withColumn("aside", functions.col("key").mod(4).equalTo(0));
        DistilledModel model = quick().setIdCol("key")
                .setTestCol("aside")
                .setTeacher(forest)
                .setTemperature(2)
                .setRoot(directory.resolve("one").toString())
                .fit(rows.repartition(3));
        Path frame = directory.resolve("frame.parquet");
        forest.transform(wines.withColumn("aside", functions.col("key").mod(4).equalTo(0)))
                .withColumn(
                        "scores",
                        org.apache.spark.ml.functions.vector_to_array(functions.col("probability"), "float32"))
                .coalesce(1)
                .write()
                .parquet(frame.toString());
        Map<String, Object> source = Map.of(
                "kind", "spark",
                "path", frame.toString(),
                "id", "key",
                "features", List.of("features"),
                "columns", List.of(Map.of("name", "scores", "type", "float32", "width", 3)),
                "label", "label",
                "class-names", model.classNames());
        Recipe recipe = Recipe.builder()
                .set("name", "wines")
                .set("data.train", source)
                .set("data.train.where", "NOT aside")
                .set("data.test", source)
                .set("data.test.where", "aside")
                .set("teacher", Map.of("kind", "column", "columns", List.of("scores"), "output", "probabilities"))
                .set("teacher.classes", model.classNames())
                .set("teacher.floor", 1.0 / 23)
                .set(
                        "students",
                        List.of(Map.of(
                                "name",
                                "pupil",
                                "architecture",
                                Map.of("kind", "mlp", "hidden", List.of(8)),
                                "training.epochs",
                                20,
                                "training.batch-size",
                                16,
                                "training.learning-rate.rate",
                                0.02,
                                "losses",
                                List.of("labels", Map.of("kind", "soft-target", "temperature", 2)))))
                .build();
        RecipeRun.Result run = new RecipeRun(LocalSpark.context(), context(directory.resolve("two")), recipe).execute();
        Path onnx = Path.of(run.directory().toUri().getPath())
                .resolve(run.report().students().get(0).export().path());
        try (OnnxSession one = OnnxSession.open(model.onnx(), 1);
                OnnxSession two = OnnxSession.open(Files.readAllBytes(onnx), 1)) {
            for (Row row : rows.select("features").collectAsList()) {
                float[] features = StudentColumns.floats((Vector) row.get(0));
                assertThat(one.logits(features, 1)).isEqualTo(two.logits(features, 1));
            }
        }
    }

    private static RunContext context(Path root) {
        return new RunContext(
                Storage.of(new Configuration()),
                new org.apache.hadoop.fs.Path(root.toString()),
                Clock.systemUTC(),
                Progress.silent(),
                new Latency.Effort(Duration.ZERO, Duration.ofMillis(5), Duration.ofMillis(1)));
    }

    /** Strings are categories, nulls are missing numbers where the recipe says so, and both reach the student by name. */
    @Test
    void rawColumnsAreReadByTheirNames() {
        Dataset<Row> rows = prepared()
                .withColumn("colour", functions.expr("IF(color_intensity > 4, 'dark', 'light')"))
                .withColumn("hue", functions.expr("IF(key % 7 = 0, NULL, hue)"))
                .drop("features");
        DistilledModel model = quick().setInputCols(new String[] {"alcohol", "colour", "hue", "proline"})
                .setTeacherCol("scores")
                .setRecipe("data.train.missing = keep")
                .fit(rows.withColumn(
                        "scores", functions.expr("transform(array(0D, 1D, 2D), c -> IF(c = label, 0.8, 0.1))")));
        Dataset<Row> predicted = model.transform(rows.drop("label"));
        assertThat(predicted.count()).isEqualTo(rows.count());
        assertThat(predicted
                        .join(rows.select("key", "label"), "key")
                        .where("prediction = label")
                        .count())
                .isGreaterThan(rows.count() * 8 / 10);
        assertThatThrownBy(() -> model.transform(rows.drop("colour")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there is no column colour, which inputCols names");
    }

    @Test
    void anEvaluatorOfTwoClassesRanksByRawPredictionsAsByProbabilities() {
        Dataset<Row> rows = prepared()
                .withColumn("label", functions.expr("CAST(label = 1 AS DOUBLE)"))
                .withColumn("scores", functions.expr("array(1 - label, label)"));
        DistilledModel model = quick().setEpochs(1).setTeacherCol("scores").fit(rows);
        Dataset<Row> predicted = model.transform(rows);
        BinaryClassificationEvaluator evaluator = new BinaryClassificationEvaluator();
        assertThat(evaluator.evaluate(predicted))
                .isEqualTo(evaluator.setRawPredictionCol("probability").evaluate(predicted));
        Row first = predicted.select("features", "rawPrediction").head();
        assertThat((Vector) first.get(1)).isEqualTo(model.predictRaw((Vector) first.get(0)));
    }

    @Test
    void anOnnxFileOrARecipeIsTheTeacher() throws IOException {
        Dataset<Row> rows = prepared();
        DistilledModel first = quick().setTeacher(forest).fit(rows);
        Path file = directory.resolve("teacher.onnx");
        Files.write(file, first.onnx());
        DistilledModel second =
                quick().setTeacherModel(file.toString()).setLabelWeight(0).fit(rows);
        assertThat(second.report()).contains("ONNX model " + file);
        DistilledModel third = quick().setRecipe(
                        "teacher { kind = spark-ml, estimator { kind = logistic-regression, iterations = 20 } }, seeds = [7]")
                .setStudent("compress = [{ kind = quantize }]")
                .fit(rows);
        assertThat(third.report()).contains("Spark ML logistic-regression");
        assertThat(first.transform(rows)
                        .join(
                                third.transform(rows)
                                        .select("key", "prediction")
                                        .withColumnRenamed("prediction", "third"),
                                "key")
                        .where("prediction = third")
                        .count())
                .isGreaterThan(rows.count() * 8 / 10);
    }

    @Test
    void whatIsSavedIsLoaded() throws IOException {
        Dataset<Row> rows = prepared();
        DistillationEstimator estimator = quick().setTeacher(forest).setTemperature(3);
        Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {estimator});
        String unfitted = directory.resolve("unfitted").toString();
        pipeline.save(unfitted);
        DistillationEstimator again =
                (DistillationEstimator) Pipeline.load(unfitted).getStages()[0];
        assertThat(again.uid()).isEqualTo(estimator.uid());
        for (Param<?> param : estimator.params()) {
            if (estimator.isDefined(param) && !param.name().equals("teacher")) {
                assertThat((Object) again.getOrDefault(param))
                        .as(param.name())
                        .isEqualTo(estimator.getOrDefault(param));
            }
        }
        PipelineModel fitted = pipeline.fit(rows);
        String saved = directory.resolve("saved").toString();
        fitted.save(saved);
        PipelineModel loaded = PipelineModel.load(saved);
        assertThat(loaded.transform(rows).collectAsList())
                .isEqualTo(fitted.transform(rows).collectAsList());
        DistilledModel same = (DistilledModel)
                new Pipeline().setStages(new PipelineStage[] {again}).fit(rows).stages()[0];
        assertThat(same.onnx()).isEqualTo(((DistilledModel) fitted.stages()[0]).onnx());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*, IF(key = 5, NULL, label) AS y | column y is null in 1 of",
                "*, label + 0.5 AS y | column y must have class indices 0, 1, 2 ..., but",
                "*, label - 1 AS y | such as -1.0; a StringIndexer makes indices",
                "*, label * 2 AS y | without a gap, but has 3 different ones up to 4",
                "*, cultivar AS y | column y is string, must be a number; a StringIndexer makes numbers of strings",
                "* | there is no column y, which labelCol names; there are [",
                "label AS y, alcohol AS features | there is no column scores, which teacherCol names",
                "label AS y, cultivar AS features | column features is string, must be a vector",
            })
    void tellsWhatItCannotLearnFrom(String select, String message) {
        Dataset<Row> rows = prepared().selectExpr(select.split(", (?![^(]*\\))"));
        DistillationEstimator estimator = quick().setLabelCol("y").setTeacherCol("scores");
        Dataset<Row> scored =
                select.contains("*") ? rows.withColumn("scores", functions.expr("array(0.2D, 0.3D, 0.5D)")) : rows;
        assertThatThrownBy(() -> estimator.fit(scored))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void needsATeacherAndRowsWithAnEnd() {
        Dataset<Row> rows = prepared();
        assertThatThrownBy(() -> quick().fit(rows))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there is no teacher; set teacher (a fitted model), teacherCol");
        assertThatThrownBy(() -> quick().setTeacher(forest)
                        .fit(LocalSpark.session()
                                .readStream()
                                .format("rate")
                                .load()
                                .selectExpr("value % 2 AS label", "CAST(value AS DOUBLE) AS features")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("this one is a stream");
        assertThatThrownBy(() ->
                        quick().setTeacher(forest).setRecipe("students = []").fit(rows))
                .hasMessageContaining("students");
        assertThatThrownBy(() ->
                        quick().setTeacher(forest).setRecipe("trainr = dl4j").fit(rows))
                .hasMessageContaining("trainr: unknown key; did you mean 'trainer'?");
        assertThatThrownBy(() -> quick().setTemperature(0)).hasMessageContaining("temperature");
        assertThatThrownBy(() -> quick().setTestFraction(1)).hasMessageContaining("testFraction");
    }

    /** Rows without label have the teacher alone. */
    @Test
    void learnsFromRowsWithoutLabels() {
        Dataset<Row> rows = prepared().withColumn("label", functions.expr("IF(key % 3 > 0, NULL, label)"));
        DistilledModel model = quick().setUnlabelled("keep").setTeacher(forest).fit(rows);
        assertThat(model.transform(rows).where("prediction IS NULL").count()).isZero();
        assertThat(model.report()).contains("\"trainLabelled\"");
    }

    @Test
    void aRegressorLearnsNumbers() {
        Dataset<Row> rows = prepared().withColumn("target", functions.expr("proline / 10 + alcohol"));
        DistilledRegressionModel model = new DistillationRegressor()
                .setLabelCol("target")
                .setTeacherCol("said")
                .setArchitecture("{ kind = mlp, hidden = [8] }")
                .setEpochs(60)
                .setBatchSize(16)
                .setLearningRate(0.02)
                .fit(rows.withColumn("said", functions.col("target").plus(1).cast(DataTypes.FloatType)));
        Row error = model.transform(rows)
                .selectExpr("avg(pow(prediction - target, 2)) AS mse", "var_pop(target) AS variance")
                .first();
        assertThat(error.getDouble(0)).isLessThan(0.2 * error.getDouble(1));
        Row one = model.transform(rows).select("features", "prediction").first();
        assertThat(model.predict((Vector) one.get(0))).isEqualTo(one.getDouble(1));
    }
}
