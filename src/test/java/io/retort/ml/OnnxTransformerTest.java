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
import java.util.HashSet;
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
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
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

    /** Numbers of each type, alone and in arrays, are the same numbers to a model. */
    @Test
    void numbersOfAllTypesAreRead() {
        Dataset<Row> rows = LocalSpark.session()
                .range(0, 20, 1, 3)
                .selectExpr(
                        "CAST(id AS TINYINT) AS a",
                        "CAST(id - 10 AS SMALLINT) AS b",
                        "CAST(3 * id AS INT) AS c",
                        "5 - id AS d",
                        "CAST(id / 8 AS FLOAT) AS e",
                        "CAST(id / 4 - 1 AS DOUBLE) AS f",
                        "CAST(id / 4 AS DECIMAL(9, 2)) AS g",
                        "CAST(id * 1.5 AS DECIMAL(30, 3)) AS h",
                        "id > 7 AS i",
                        "id IN (3, 8) AS j");
        OnnxTransformer model = new OnnxTransformer()
                .setModel(Path.of("src/test/resources/tasks/progression.onnx").toString())
                .setOutputCols(new String[] {"said"});
        List<Row> expected = model.setInputCols(new String[] {"all"})
                .transform(rows.selectExpr("array(DOUBLE(a), DOUBLE(b), DOUBLE(c), DOUBLE(d), DOUBLE(e), DOUBLE(f),"
                        + " DOUBLE(g), DOUBLE(h), DOUBLE(i), DOUBLE(j)) AS all"))
                .select("said")
                .collectAsList();
        assertThat(expected).hasSize(20);
        assertThat(new HashSet<>(expected)).hasSizeGreaterThan(5);
        assertThat(model.setInputCols(rows.columns())
                        .transform(rows)
                        .select("said")
                        .collectAsList())
                .isEqualTo(expected);
        for (String type : List.of("TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DECIMAL(12, 4)", "BOOLEAN")) {
            Dataset<Row> whole = LocalSpark.session()
                    .range(0, 20, 1, 3)
                    .selectExpr("transform(sequence(0, 9), x -> shiftright(id, x) & 1) AS bits")
                    .selectExpr("bits", "transform(bits, bit -> CAST(bit AS " + type + ")) AS all");
            assertThat(model.setInputCols(new String[] {"all"})
                            .transform(whole)
                            .select("said")
                            .collectAsList())
                    .as(type)
                    .isEqualTo(model.setInputCols(new String[] {"bits"})
                            .transform(whole)
                            .select("said")
                            .collectAsList());
        }
    }

    /** Of any type, with nulls in them, with one name twice or a dot in it. */
    @Test
    void otherColumnsPassThrough() {
        Metadata metadata = new MetadataBuilder().putString("unit", "mm").build();
        Dataset<Row> rows = LocalSpark.session()
                .range(0, 50, 1, 3)
                .selectExpr(
                        "sequence(id, id + 9) AS features",
                        "IF(id % 3 = 0, NULL, id) AS `a.b`",
                        "array(1, NULL, CAST(id AS INT)) AS holes",
                        "array(named_struct('x', CAST(id AS STRING), 'y', array(id)), NULL) AS deep",
                        "map('k', id, 'null', NULL) AS map",
                        "named_struct('inner', named_struct('text', CONCAT('a text longer than a word, ', id), 'none', NULL)) AS struct",
                        "CAST(id / 7 AS DECIMAL(38, 20)) AS wide",
                        "CAST(id AS DECIMAL(5, 1)) AS narrow",
                        "DATE_ADD(DATE'1899-12-30', CAST(id AS INT)) AS day",
                        "TIMESTAMP_MICROS(id * 1000003) AS moment",
                        "CAST(TIMESTAMP_MICROS(-id) AS TIMESTAMP_NTZ) AS clock",
                        "make_dt_interval(id, 2) AS span",
                        "NULL AS nothing",
                        "CAST(id AS BINARY) AS bytes",
                        "id % 2 = 0 AS twice",
                        "CAST(id AS BYTE) AS twice")
                .withColumn("thickness", col("`a.b`"), metadata);
        Dataset<Row> scored = new OnnxTransformer()
                .setModel(Path.of("src/test/resources/tasks/progression.onnx").toString())
                .setInputCols(new String[] {"features"})
                .setOutputCols(new String[] {"said"})
                .setBatchSize(7)
                .transform(rows);
        StructField[] before = rows.schema().fields();
        StructField[] after = scored.schema().fields();
        assertThat(after).hasSize(before.length + 1);
        assertThat(Arrays.copyOf(after, before.length))
                .as("types, names, nullability and metadata")
                .containsExactly(before);
        List<Row> expected = rows.collectAsList();
        List<Row> found = scored.collectAsList();
        assertThat(found).hasSameSizeAs(expected);
        for (int row = 0; row < expected.size(); row++) {
            for (int column = 0; column < before.length; column++) {
                assertThat(found.get(row).get(column))
                        .as(before[column].name())
                        .isEqualTo(expected.get(row).get(column));
            }
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
