package io.retort.ml;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.spark.LocalSpark;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DataFrames, parameters and directories that do not fit: one message each, in the terms of whoever has them. */
class UnfitFramesTest {
    private static final String[] MEASURED = {"alcohol", "flavanoids", "hue"};

    /** Of a few rows. */
    private static final Column SOME = col("key").mod(50).equalTo(3);

    @TempDir
    private static Path directory;

    private static Dataset<Row> rows;
    private static DistilledModel model;

    @BeforeAll
    static void fit() {
        Dataset<Row> wines = LocalSpark.session()
                .read()
                .option("header", "true")
                .option("inferSchema", "true")
                .csv("src/test/resources/tables/wine.csv")
                .selectExpr(
                        "monotonically_increasing_id() AS key",
                        "cultivar",
                        "alcohol",
                        "flavanoids",
                        "hue",
                        "CASE cultivar WHEN 'barolo' THEN 0 WHEN 'barbera' THEN 1 ELSE 2 END AS label")
                .withColumn("scores", expr("transform(array(0, 1, 2), c -> IF(c = label, 0.8D, 0.1D))"));
        rows = assembler().transform(wines).coalesce(1).cache();
        model = quick().fit(rows);
    }

    private static VectorAssembler assembler() {
        return new VectorAssembler().setInputCols(MEASURED).setOutputCol("features");
    }

    private static DistillationEstimator quick() {
        return new DistillationEstimator()
                .setTeacherCol("scores")
                .setArchitecture("{ kind = mlp, hidden = [4] }")
                .setEpochs(1)
                .setTestFraction(0.3);
    }

    private static Dataset<Row> somewhere(String column, Object value) {
        return rows.withColumn(column, when(SOME, value).otherwise(col(column)));
    }

    private interface Change extends UnaryOperator<double[]>, Serializable {}

    private static Column changed(Change change) {
        UDF1<Vector, Vector> function =
                vector -> Vectors.dense(change.apply(vector.toArray().clone()));
        return udf(function, SQLDataTypes.VectorType()).apply(col("features"));
    }

    private static Column notANumber() {
        return changed(values -> {
            values[1] = Double.NaN;
            return values;
        });
    }

    private static Column narrow() {
        return changed(values -> Arrays.copyOf(values, 2));
    }

    private static void assertUnfit(DistillationEstimator estimator, Dataset<Row> frame, String message) {
        assertThatThrownBy(() -> estimator.fit(frame))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void fitTellsOfAValueByTheNamesOfTheDataFrame() {
        assertUnfit(quick(), somewhere("features", null), "a row's column features: must hold 3 values, was null");
        assertUnfit(
                quick(),
                somewhere("features", notANumber()),
                "a row's column features: value 1 must be a finite number, was NaN");
        assertUnfit(
                quick().setIdCol("key"),
                rows.withColumn(
                        "features", when(col("key").equalTo(3), narrow()).otherwise(col("features"))),
                "row with key 3, column features: must hold 3 values, has 2");
        assertUnfit(
                quick().setInputCols(MEASURED),
                somewhere("hue", null),
                "a row's column hue: must be a finite number, was null; data.train.missing = keep in recipe keeps missing"
                        + " numbers");
        assertUnfit(
                quick(),
                somewhere("scores", expr("array(0.1D, NULL, 0.9D)")),
                "a row's column scores: value 1 must be a finite number, was null");
        assertUnfit(
                quick(),
                somewhere("scores", null),
                "the teacher must give 3 scores for a row, one for each class, but gives from 0 to 3; a null counts as 0");
        assertUnfit(
                quick(),
                rows.withColumn("scores", expr("array(3D, -1D, 0D)")),
                "the scores of a row, columns [scores]: must be probabilities, which are in [0, 1] and add up to 1, were"
                        + " [3.0, -1.0, 0.0] with the sum 2.0");
    }

    @Test
    void fitTellsOfColumnsAndIds() {
        assertUnfit(quick(), rows.where("1 = 0"), "the DataFrame has no rows");
        assertUnfit(
                quick(),
                rows.withColumn("prediction", lit(1.0)),
                "there is a column prediction already; set predictionCol to another name, or drop the column");
        assertUnfit(
                quick().setIdCol("cultivar"),
                rows,
                "column cultivar is string, must be a whole number that no other row has, as idCol");
        assertUnfit(
                quick().setTestCol("cultivar"), rows, "column cultivar is string, must be a truth value, as testCol");
        assertUnfit(
                quick().setIdCol("key"),
                rows.withColumn("key", expr("IF(key = 3, NULL, key)")),
                "column key is null in 1 row; each row needs an id, or leave them out");
        assertUnfit(
                quick().setIdCol("key"),
                rows.withColumn("key", expr("IF(key = 3, 4, key)")),
                "column key: the id 4 is that of several rows; ids must be unique");
    }

    @Test
    void fitTellsOfParameters() throws IOException {
        DistillationEstimator estimator = new DistillationEstimator();
        assertUnfit(
                estimator.setTeacherModel(directory + "/none.onnx"),
                rows,
                "teacherModel: " + directory
                        + "/none.onnx does not exist; path takes an ONNX file, see docs/TEACHERS.md");
        Path file = Files.writeString(directory.resolve("file"), "no directory");
        assertThatThrownBy(() -> quick().setRoot(file.toString()).fit(rows))
                .hasMessageEndingWith("set root to another directory");
        assertUnfit(
                quick().setArchitecture("{ kind = mlp"),
                rows,
                "architecture must be a name such as mlp, or { kind = mlp, hidden = [32] }, was '{ kind = mlp': Expecting"
                        + " close brace } or a comma, got end of file");
        assertThatThrownBy(() -> estimator.setTeacher(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("teacher must not be null; it is fitted model");
        PipelineModel teacher = new PipelineModel("assembling", List.of(assembler()));
        assertThatThrownBy(() -> quick().setTeacher(teacher).fit(rows.withColumn("hue", lit("red"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the teacher assembling does not fit this DataFrame: Data type string");
    }

    @Test
    void transformTellsOfColumnsBeforeAJob() {
        assertThatThrownBy(() -> model.transform(rows.drop("features")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("there is no column features, which featuresCol names; there are [key,");
        assertThatThrownBy(() -> model.transform(model.transform(rows)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "there is a column rawPrediction already; set rawPredictionCol to another name, or drop the column");
        DistilledModel named = model.copy(ParamMap.empty());
        named.set(named.inputCols(), MEASURED);
        assertThatThrownBy(() -> named.transform(rows.drop("hue")))
                .hasMessageStartingWith("there is no column hue, which inputCols names; there are [key,");
        DistilledModel two = model.copy(ParamMap.empty());
        two.set(two.thresholds(), new double[] {0.5, 0.5});
        assertThatThrownBy(() -> two.transform(rows))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("thresholds must have one for each of the 3 classes, has 2");
    }

    @Test
    void transformTellsOfValuesInItsTasks() {
        for (Map.Entry<Dataset<Row>, String> bad : Map.of(
                        somewhere("features", null),
                        "column features: a row has null, and input 'input', float32 [batch, 3] takes none; fill it or leave"
                                + " the row out",
                        somewhere("features", notANumber()),
                        "the student gives NaN for a row; a feature is not finite",
                        somewhere("features", narrow()),
                        "columns [features] have 2 values in a row, but input 'input', float32 [batch, 3] takes 3")
                .entrySet()) {
            assertThatThrownBy(() -> model.transform(bad.getKey()).collectAsList())
                    .hasStackTraceContaining("java.lang.IllegalArgumentException: " + bad.getValue());
        }
        assertThat(model.transform(rows.repartition(3).where("key = 0").repartition(5))
                        .count())
                .as("partitions without rows")
                .isEqualTo(1);
        assertThat(model.transform(rows.where("1 = 0")).collectAsList()).isEmpty();
    }

    @Test
    void loadTellsOfWhatIsThereInstead() throws IOException {
        assertThatThrownBy(() -> DistilledModel.load(directory + "/none"))
                .hasMessage(directory + "/none holds no saved DistilledModel: it does not exist");
        Path other = Files.createDirectory(directory.resolve("other"));
        assertThatThrownBy(() -> OnnxTransformer.load(other.toString()))
                .hasMessage(other + " holds no saved OnnxTransformer: there is no metadata/part-00000 in it");
        String saved = directory.resolve("saved").toString();
        model.save(saved);
        assertThatThrownBy(() -> model.save(saved)).hasMessageContaining("write().overwrite().save(path)");
        model.write().overwrite().save(saved);
        assertThat(DistilledModel.load(saved).onnx()).isEqualTo(model.onnx());
        assertThatThrownBy(() -> DistilledRegressionModel.load(saved))
                .hasMessage(saved + " holds a saved io.retort.ml.DistilledModel, must hold a"
                        + " io.retort.ml.DistilledRegressionModel");
        Path metadata = Path.of(saved, "metadata/part-00000");
        String line = Files.readString(metadata);
        replace(metadata, line.replace("\"paramMap\":{}", "\"paramMap\":{\"ofLater\":1}"));
        assertThatThrownBy(() -> DistilledModel.load(saved))
                .hasMessage(saved + " has the parameter ofLater, which this version of DistilledModel does not know");
        replace(metadata, line);
        replace(Path.of(saved, "student.onnx"), "no model");
        assertThatThrownBy(() -> DistilledModel.load(saved))
                .hasMessage(saved + "/student.onnx: 8 bytes are not an ONNX model, or a damaged one");
    }

    /** Without the checksum that Hadoop keeps beside it. */
    private static void replace(Path file, String content) throws IOException {
        Files.writeString(file, content);
        Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    }
}
