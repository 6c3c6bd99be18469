package io.retort.ml;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.engine.onnx.ForeignTeachers;
import io.retort.spark.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models from elsewhere over DataFrames, with the answers that Python got. */
class OnnxTransformerTest {
    private static final int PIXELS = 784;
    private static final List<String> TOPICS = List.of("books", "films", "meals", "trips");

    @TempDir
    private Path directory;

    /** Strings and a number, each in the column of its name; right in all rows, as scikit-learn is. */
    @Test
    void inputsReadTheColumnsOfTheirNames() {
        Dataset<Row> reviews = LocalSpark.session()
                .read()
                .option("header", "true")
                .option("inferSchema", "true")
                .csv(resource("reviews-test.csv").toString())
                .repartition(3);
        OnnxTransformer model = new OnnxTransformer()
                .setModel(resource("reviews.onnx").toString())
                .setBatchSize(7);
        Dataset<Row> scored = model.transform(reviews);
        assertThat(scored.schema()).isEqualTo(model.transformSchema(reviews.schema()));
        assertThat(scored.columns()).containsExactly("text", "city", "age", "topic", "label", "probabilities");
        List<Row> rows = scored.collectAsList();
        assertThat(rows).hasSize(160).allSatisfy(row -> {
            List<Float> probabilities = row.getList(5);
            int best = probabilities.indexOf(
                    probabilities.stream().max(Float::compare).orElseThrow());
            assertThat(TOPICS.get(best)).isEqualTo(row.getString(3));
            assertThat(row.getString(4)).as("an output of strings").isEqualTo(row.getString(3));
        });
    }

    /** A name without a directory, as on the command line; what lies there is no model. */
    @Test
    void looksForABareNameInTheWorkingDirectory() {
        Dataset<Row> rows = LocalSpark.session().range(1).toDF();
        assertThatThrownBy(() -> new OnnxTransformer().setModel("pom.xml").transform(rows))
                .hasMessageContaining("pom.xml")
                .hasMessageContaining("not an ONNX model");
    }

    @Test
    void aZipMapIsAnArrayInTheOrderOfItsLabels() throws IOException {
        Path file = directory.resolve("zip-map.onnx");
        Files.write(file, ForeignTeachers.zipMap(List.of("trips", "films", "books", "meals")));
        Dataset<Row> reviews = LocalSpark.session()
                .read()
                .option("header", "true")
                .option("inferSchema", "true")
                .csv(resource("reviews-test.csv").toString());
        Dataset<Row> ordered = new OnnxTransformer().setModel(file.toString()).transform(reviews);
        Dataset<Row> plain = new OnnxTransformer()
                .setModel(resource("reviews.onnx").toString())
                .transform(reviews);
        assertThat(ordered.columns()).containsExactly("text", "city", "age", "topic", "label", "output_probability");
        List<Row> expected = plain.collectAsList();
        List<Row> found = ordered.collectAsList();
        for (int row = 0; row < expected.size(); row++) {
            List<Float> by = expected.get(row).getList(5);
            List<Float> is = found.get(row).getList(5);
            assertThat(is).hasSize(4);
            assertThat(is.get(0)).isCloseTo(by.get(3), within(1e-6f));
            assertThat(is.get(2)).isCloseTo(by.get(0), within(1e-6f));
        }
    }

    private Dataset<Row> pictures() throws IOException {
        byte[] bytes = Files.readAllBytes(resource("images.bin"));
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < bytes.length / PIXELS; i++) {
            byte[] image = Arrays.copyOfRange(bytes, i * PIXELS, (i + 1) * PIXELS);
            double[] scaled = new double[PIXELS];
            Double[] boxed = new Double[PIXELS];
            for (int p = 0; p < PIXELS; p++) {
                scaled[p] = (image[p] & 0xFF) / 255.0;
                boxed[p] = scaled[p];
            }
            rows.add(RowFactory.create(i, image, Vectors.dense(scaled).toSparse(), boxed));
        }
        return LocalSpark.session()
                .createDataFrame(
                        rows,
                        new StructType()
                                .add("number", DataTypes.IntegerType)
                                .add("image", DataTypes.BinaryType)
                                .add("vector", SQLDataTypes.VectorType())
                                .add("array", DataTypes.createArrayType(DataTypes.DoubleType)))
                .repartition(2);
    }

    /** A batch ends in the middle of the partition, and a model of fixed batch gets its free rows filled. */
    @Test
    void vectorsArraysAndBytesAreTheSamePicture() throws IOException {
        Dataset<Row> rows = pictures();
        for (String file : List.of("one-file.onnx", "two-files.onnx", "batch-of-4.onnx")) {
            for (String column : List.of("vector", "array")) {
                assertLogits(onnx(file, column).setBatchSize(5).transform(rows), "linear", 1e-3);
            }
        }
        Dataset<Row> probabilities =
                onnx("uint8-nhwc-probabilities.onnx", "image").transform(rows);
        for (Row row : probabilities.select("number", "softmax").collectAsList()) {
            List<Float> found = row.getList(1);
            assertThat(found.stream().mapToDouble(Float::doubleValue).sum()).isCloseTo(1, within(1e-4));
            double[] logits = expected().get(row.getInt(0));
            int best = 0;
            for (int c = 1; c < logits.length; c++) {
                best = logits[c] > logits[best] ? c : best;
            }
            assertThat(found.indexOf(found.stream().max(Float::compare).orElseThrow()))
                    .isEqualTo(best);
        }
    }

    private static OnnxTransformer onnx(String file, String column) {
        return new OnnxTransformer().setModel(resource(file).toString()).setInputCols(new String[] {column});
    }

    private static List<double[]> expected() throws IOException {
        return Files.readAllLines(resource("logits.csv")).stream()
                .map(line -> Arrays.stream(line.split(","))
                        .skip(1)
                        .mapToDouble(Double::parseDouble)
                        .toArray())
                .toList();
    }

    private static void assertLogits(Dataset<Row> scored, String output, double tolerance) throws IOException {
        List<double[]> expected = expected();
        List<Row> rows = scored.select("number", output).collectAsList();
        assertThat(rows).hasSize(expected.size());
        for (Row row : rows) {
            double[] logits = expected.get(row.getInt(0));
            double[] found = row.get(1) instanceof Vector vector
                    ? vector.toArray()
                    : row.<Float>getList(1).stream()
                            .mapToDouble(Float::doubleValue)
                            .toArray();
            assertThat(found).containsExactly(logits, within(tolerance));
        }
    }

    /** Ids of texts of different lengths, and no padding: a batch has texts of one length. */
    @Test
    void arraysOfDifferentLengthsAreNotMixed() throws IOException {
        JsonNode texts = new ObjectMapper()
                .readTree(resource("texts/expected.json").toFile())
                .path("texts");
        List<Row> rows = new ArrayList<>();
        for (JsonNode text : texts) {
            Integer[] ids = ints(text.path("ids"));
            Integer[] mask = new Integer[ids.length];
            Arrays.fill(mask, 1);
            rows.add(RowFactory.create(rows.size(), ids, mask, ints(text.path("types"))));
        }
        StructType schema = new StructType().add("number", DataTypes.IntegerType);
        for (String name : List.of("input_ids", "attention_mask", "token_type_ids")) {
            schema = schema.add(name, DataTypes.createArrayType(DataTypes.IntegerType));
        }
        Dataset<Row> encoded = LocalSpark.session().createDataFrame(rows, schema);
        OnnxTransformer model = new OnnxTransformer()
                .setModel(resource("texts/bert.onnx").toString())
                .setOutputNames(new String[] {"last_hidden_state", "logits"})
                .setOutputCols(new String[] {"states", "raw"});
        List<Row> scored =
                model.transform(encoded).select("number", "raw", "states").collectAsList();
        assertThat(scored).hasSize(texts.size());
        for (Row row : scored) {
            JsonNode text = texts.get(row.getInt(0));
            List<Float> logits = row.getList(1);
            for (int c = 0; c < logits.size(); c++) {
                assertThat(logits.get(c))
                        .isCloseTo((float) text.path("logits").get(c).asDouble(), within(1e-3f));
            }
            assertThat(row.getList(2)).hasSize(32 * text.path("ids").size());
        }
    }

    private static Integer[] ints(JsonNode array) {
        Integer[] ints = new Integer[array.size()];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = array.get(i).asInt();
        }
        return ints;
    }

    /** Columns side by side, in a pipeline that is saved with the model's file and loaded elsewhere. */
    @Test
    void aSavedPipelineNeedsNothingElse() throws IOException {
        Dataset<Row> patients = LocalSpark.session()
                .read()
                .option("header", "true")
                .option("inferSchema", "true")
                .csv(Path.of("src/test/resources/tasks/diabetes-test.csv").toString());
        String[] features = Arrays.copyOf(patients.columns(), 10);
        Path moved = directory.resolve("moved.onnx");
        Files.copy(Path.of("src/test/resources/tasks/progression.onnx"), moved);
        OnnxTransformer model = new OnnxTransformer()
                .setModel(moved.toString())
                .setInputCols(features)
                .setOutputCols(new String[] {"said"});
        PipelineModel pipeline =
                new Pipeline().setStages(new PipelineStage[] {model}).fit(patients);
        List<Row> before = pipeline.transform(patients).select("said").collectAsList();
        String saved = directory.resolve("saved").toString();
        pipeline.write().overwrite().save(saved);
        Files.delete(moved);
        Dataset<Row> again = PipelineModel.load(saved).transform(patients);
        assertThat(again.select("said").collectAsList()).isEqualTo(before);
        assertThat(again.select(col("said").gt(0)).distinct().collectAsList()).containsExactly(RowFactory.create(true));
        PipelineModel loaded = PipelineModel.load(saved);
        loaded.copy(ParamMap.empty()).write().overwrite().save(saved);
        assertThat(PipelineModel.load(saved).transform(patients).select("said").collectAsList())
                .as("saved over itself, which removes the file first")
                .isEqualTo(before);
        OnnxTransformer copy = model.copy(ParamMap.empty());
        assertThat(copy.uid()).isEqualTo(model.uid());
        assertThat(copy.explainParams()).isEqualTo(model.explainParams());
    }

    @Test
    void tellsWhatDoesNotFit() throws IOException {
        Dataset<Row> rows = pictures();
        assertRefused(new OnnxTransformer(), rows, "model is not set");
        assertRefused(onnx("none.onnx", "vector"), rows, "none.onnx does not exist");
        assertRefused(
                onnx("one-file.onnx", "nowhere"),
                rows,
                "there is no column nowhere for input 'pixels', float32"
                        + " [batch, 1, 28, 28]; there are [number, image, vector, array]");
        assertRefused(
                onnx("one-file.onnx", "vector").setOutputNames(new String[] {"linaer"}),
                rows,
                "has no output 'linaer'");
        assertRefused(
                onnx("one-file.onnx", "vector").setOutputCols(new String[] {"number"}),
                rows,
                "there is a column number already");
        assertRefused(onnx("reviews.onnx", "vector"), rows, "input 'text'");
        assertThatThrownBy(() -> onnx("one-file.onnx", "number").transform(rows).collectAsList())
                .hasStackTraceContaining("columns [number] have 1 values in a row, but input 'pixels', float32"
                        + " [batch, 1, 28, 28] takes 784");
        Dataset<Row> holes = rows.selectExpr("number", "IF(number = 3, NULL, array) AS array");
        assertThatThrownBy(() -> onnx("one-file.onnx", "array").transform(holes).collectAsList())
                .hasStackTraceContaining("column array: a row has null, and input 'pixels'");
        assertThatThrownBy(() -> new OnnxTransformer().setBatchSize(0)).hasMessageContaining("batchSize");
        assertThatThrownBy(() -> new OnnxTransformer().setOutputType("matrix")).hasMessageContaining("outputType");
    }

    private static void assertRefused(OnnxTransformer model, Dataset<Row> rows, String message) {
        assertThatThrownBy(() -> model.transform(rows)).hasMessageContaining(message);
    }

    private static Path resource(String name) {
        return Path.of("src/test/resources/teachers").resolve(name).toAbsolutePath();
    }
}
