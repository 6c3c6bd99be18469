package io.retort.ml;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.retort.engine.onnx.run.OnnxRuntime;
import io.retort.spark.LocalSpark;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/SPARK_ML.md shows. */
class SparkMlExampleTest {
    private static final Path THIS = Path.of("src/test/java/io/retort/ml/SparkMlExampleTest.java");
    private static final Path PAGE = Path.of("docs/SPARK_ML.md");

    @TempDir
    private Path directory;

    @Test
    void theExampleRuns() throws IOException, OrtException {
        SparkSession spark = LocalSpark.session();
        String data = "src/test/resources/tables";
        Path models = directory;
        // from here on it is in the docs
        Dataset<Row> train =
                spark.read().option("header", true).option("inferSchema", true).csv(data + "/wine.csv");
        Dataset<Row> test =
                spark.read().option("header", true).option("inferSchema", true).csv(data + "/wine-test.csv");
        StringIndexer label = new StringIndexer().setInputCol("cultivar").setOutputCol("label");
        VectorAssembler features = new VectorAssembler()
                .setInputCols(new String[] {"alcohol", "flavanoids", "color_intensity", "hue", "proline"})
                .setOutputCol("features");
        RandomForestClassifier forest =
                new RandomForestClassifier().setNumTrees(100).setSeed(1);
        PipelineModel teacher = new Pipeline()
                .setStages(new PipelineStage[] {label, features, forest})
                .fit(train);

        DistillationEstimator student = new DistillationEstimator()
                .setTeacher(teacher)
                .setArchitecture("{ kind = mlp, hidden = [8] }")
                .setEpochs(30)
                .setBatchSize(16)
                .setLearningRate(0.02);
        CrossValidatorModel chosen = new CrossValidator()
                .setEstimator(new Pipeline().setStages(new PipelineStage[] {label, features, student}))
                .setEstimatorParamMaps(new ParamGridBuilder()
                        .addGrid(student.temperature(), new double[] {1, 4})
                        .build())
                .setEvaluator(new MulticlassClassificationEvaluator().setMetricName("accuracy"))
                .setNumFolds(2)
                .fit(train);
        PipelineModel best = (PipelineModel) chosen.bestModel();
        best.write().overwrite().save(models + "/wine");
        Dataset<Row> predicted = PipelineModel.load(models + "/wine").transform(test);
        Files.write(models.resolve("wine.onnx"), ((DistilledModel) best.stages()[2]).onnx());
        // to here
        assertThat(chosen.avgMetrics()).hasSize(2);
        assertThat(Arrays.stream(chosen.avgMetrics())).allMatch(accuracy -> accuracy > 0.8);
        List<Row> rows = predicted.select("features", "prediction", "label").collectAsList();
        assertThat(rows).hasSize(58);
        assertThat(rows.stream()
                        .filter(row -> row.getDouble(1) == row.getDouble(2))
                        .count())
                .isGreaterThan(50);
        assertThat(rows.stream().map(row -> row.getDouble(1)))
                .containsExactlyElementsOf(plainly(models.resolve("wine.onnx"), rows));
    }

    /** The classes that ONNX Runtime alone finds in the file's logits. */
    private static List<Double> plainly(Path file, List<Row> rows) throws OrtException {
        float[][] batch = rows.stream()
                .map(row -> StudentColumns.floats((Vector) row.get(0)))
                .toArray(float[][]::new);
        try (OrtSession session = OnnxRuntime.environment().createSession(file.toString());
                OnnxTensor input = OnnxTensor.createTensor(OnnxRuntime.environment(), batch);
                OrtSession.Result result = session.run(Map.of("input", input))) {
            return Arrays.stream((float[][]) result.get(0).getValue())
                    .map(logits -> (double)
                            (logits[0] >= logits[1] && logits[0] >= logits[2] ? 0 : logits[1] >= logits[2] ? 1 : 2))
                    .toList();
        }
    }

    @Test
    void thePageShowsWhatRuns() throws IOException {
        String source = Files.readString(THIS);
        String shown = source.substring(
                source.indexOf("\n", source.indexOf("// from here on")) + 1, source.indexOf("        // to here"));
        String page = Files.readString(PAGE);
        String block = page.substring(page.indexOf("```java\n") + 8);
        block = block.substring(0, block.indexOf("```"));
        assertThat(squeezed(block)).isEqualTo(squeezed(shown));
        assertThat(block.lines().filter(line -> !line.isBlank())).hasSizeLessThanOrEqualTo(25);
    }

    /** However a formatter breaks lines. */
    private static String squeezed(String code) {
        return code.replaceAll("\\s+", "");
    }

    /** The calls that Python makes: py4j knows no varargs and finds no types of Scala's. */
    @Test
    void pythonFindsTheSetters() throws NoSuchMethodException {
        for (Class<?> estimator : List.of(DistillationEstimator.class, DistillationRegressor.class)) {
            for (String name : List.of(
                    "Root",
                    "IdCol",
                    "TestCol",
                    "Unlabelled",
                    "TeacherCol",
                    "TeacherModel",
                    "Architecture",
                    "Student",
                    "Recipe")) {
                assertThat(estimator.getMethod("set" + name, String.class)).isNotNull();
            }
            for (String name : List.of("TestFraction", "LearningRate", "LabelWeight", "TeacherWeight")) {
                assertThat(estimator.getMethod("set" + name, double.class)).isNotNull();
            }
            assertThat(estimator.getMethod("setTeacher", Transformer.class)).isNotNull();
            assertThat(estimator.getMethod("setInputCols", List.class)).isNotNull();
            assertThat(estimator.getMethod("setEpochs", int.class)).isNotNull();
            assertThat(estimator.getMethod("setSeed", long.class)).isNotNull();
            assertThat(estimator.getMethod("fit", Dataset.class)).isNotNull();
            assertThat(estimator.getMethod("load", String.class)).isNotNull();
            assertThat(estimator.getConstructor()).isNotNull();
            assertThat(estimator.getConstructor(String.class)).isNotNull();
        }
        assertThat(DistillationEstimator.class.getMethod("setTemperature", double.class))
                .isNotNull();
        assertThat(OnnxTransformer.class.getMethod("setInputCols", List.class)).isNotNull();
        assertThat(DistilledModel.class.getMethod("transform", Dataset.class)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                DistillationParams.class,
                DistillationEstimator.class,
                DistilledModel.class,
                DistillationRegressor.class,
                DistilledRegressionModel.class,
                OnnxTransformer.class
            })
    void noSignatureHasATypeOfScala(Class<?> stage) {
        List<Method> methods = Arrays.stream(stage.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .filter(method -> !method.getName().equals("findSummaryModel")) // Spark's own, which Java must repeat
                .toList();
        assertThat(Stream.concat(methods.stream(), Arrays.stream(stage.getConstructors())))
                .isNotEmpty()
                .allSatisfy(one -> {
                    assertThat(one.isVarArgs()).isFalse();
                    assertThat(one.getParameterTypes()).noneMatch(SparkMlExampleTest::isOfScala);
                });
        assertThat(methods.stream().map(Method::getReturnType)).noneMatch(SparkMlExampleTest::isOfScala);
    }

    private static boolean isOfScala(Class<?> type) {
        return type.getName().startsWith("scala");
    }
}
