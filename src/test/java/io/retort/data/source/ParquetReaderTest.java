package io.retort.data.source;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.DataType;
import io.retort.data.Labels;
import io.retort.data.Rows;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.Target;
import io.retort.data.source.Reader.RowStream;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.network.Shape;
import io.retort.spark.LocalSpark;
import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads what Spark itself has written. */
class ParquetReaderTest implements ReaderContract {
    @TempDir
    private Path directory;

    @Override
    public FileSource.Settings source(Path folder) {
        arrays(4).write().mode(SaveMode.Append).parquet(folder.toString());
        arrays(3).write().mode(SaveMode.Append).parquet(folder.toString());
        return settings(folder, List.of(), Optional.empty());
    }

    @Test
    void readsArraysOfEveryNumber() throws IOException {
        for (String type : List.of("double", "float", "int", "bigint", "tinyint", "smallint")) {
            Path folder = directory.resolve(type);
            arrays(2)
                    .withColumn("features", col("features").cast("array<" + type + ">"))
                    .write()
                    .parquet(folder.toString());
            assertThat(ReaderContract.described(ReaderContract.read(
                            settings(folder, List.of(), Optional.of("id")).reader(), 10)))
                    .as(type)
                    .containsExactly("0: [0.0, 1.0]", "1: [1.0, 2.0]");
        }
    }

    @Test
    void readsIdsAndLabelsOfEveryType() throws IOException {
        for (String type : List.of("double", "float", "int", "bigint", "string")) {
            Path folder = directory.resolve(type);
            arrays(3).withColumn("label", col("label").cast(type)).write().parquet(folder.toString());
            Samples samples = ReaderContract.read(
                            settings(folder, List.of(), Optional.of("id")).reader(), 10)
                    .get(0);
            assertThat(samples.ids()).as(type).containsExactly(10, 11, 12);
            assertThat(samples.labels().classes()).as(type).containsExactly(0, 1, 2);
        }
    }

    @Test
    void readsDenseAndSparseVectors() {
        write(
                new StructType().add("label", DataTypes.DoubleType).add("features", SQLDataTypes.VectorType()),
                RowFactory.create(1.0, Vectors.dense(1, 2, 3)),
                RowFactory.create(0.0, Vectors.sparse(3, new int[] {2}, new double[] {7})),
                RowFactory.create(2.0, Vectors.sparse(3, new int[] {}, new double[] {})),
                RowFactory.create(2.0, Vectors.dense(4, 5, 6)));
        assertThat(read())
                .containsExactly(
                        "1: [1.0, 2.0, 3.0]", "0: [0.0, 0.0, 7.0]", "2: [0.0, 0.0, 0.0]", "2: [4.0, 5.0, 6.0]");
    }

    @Test
    void readsBytesAsPixels() {
        write(
                new StructType().add("label", DataTypes.IntegerType).add("features", DataTypes.BinaryType),
                RowFactory.create(1, new byte[] {0, 1, (byte) 200, (byte) 255}));
        Samples samples = ReaderContract.read(
                        settings(directory, List.of(1, 2, 2), Optional.empty(), DataType.UINT8)
                                .reader(),
                        10)
                .get(0);
        assertThat(samples.schema().element()).isEqualTo(DataType.UINT8);
        assertThat(samples.schema().shape()).isEqualTo(Shape.image(1, 2, 2));
        assertThat(samples.features()).containsExactly(0, 1, 200, 255);
    }

    @Test
    void passesOverEmptyFiles() {
        arrays(0).write().mode(SaveMode.Append).parquet(directory.toString());
        arrays(2).write().mode(SaveMode.Append).parquet(directory.toString());
        assertThat(read()).hasSize(2);
    }

    @Test
    void refusesASourceWithoutRows() {
        arrays(0).write().mode(SaveMode.Append).parquet(directory.toString());
        refuses("the source has no samples: [" + directory + "] hold no rows");
    }

    @Test
    void refusesFeaturesOfAnotherType() throws IOException {
        arrays(2)
                .withColumn("features", expr("'text'"))
                .write()
                .mode(SaveMode.Append)
                .parquet(directory.toString());
        refuses(
                file()
                        + " column features is of type string: a feature must be an array of numbers, a Spark ML vector or (with"
                        + " element = uint8) bytes; with kind = spark, make a number of it in select, such as CAST(features AS"
                        + " DOUBLE), or of JSON a list, such as from_json(features, 'array<double>'), or keep the text by columns");
    }

    @Test
    void refusesLabelsOfAnotherType() throws IOException {
        arrays(2)
                .withColumn("label", expr("array(1, 2)"))
                .write()
                .mode(SaveMode.Append)
                .parquet(directory.toString());
        refuses(file()
                + " column label is of type array<int>: a label must be a number, a truth value or a text; with kind = spark,"
                + " take one of its values in select, such as label[0]");
    }

    @Test
    void refusesAMissingColumn() throws IOException {
        arrays(2).drop("label").write().mode(SaveMode.Append).parquet(directory.toString());
        refuses(file() + " has no column label for the label; its columns are [id (long), features (array)]");
    }

    @Test
    void refusesAnotherNumberOfFeatures() throws IOException {
        arrays(2)
                .withColumn("features", expr("if(id = 11, array(1D, 2D, 3D), features)"))
                .write()
                .mode(SaveMode.Append)
                .parquet(directory.toString());
        refuses(file() + " row 1 column features: must hold 2 values, has 3");
    }

    @Test
    void refusesNulls() throws IOException {
        arrays(2)
                .withColumn("features", expr("if(id = 11, array(null, 2D), features)"))
                .write()
                .mode(SaveMode.Append)
                .parquet(directory.toString());
        refuses(file() + " row 1 column features: value 0 must be a finite number, was null");
        arrays(2)
                .withColumn("features", expr("if(id = 11, null, features)"))
                .write()
                .mode(SaveMode.Overwrite)
                .parquet(directory.toString());
        refuses(file() + " row 1 column features: must hold 2 values, was null");
    }

    @Test
    void nullIsNoLabel() {
        arrays(3)
                .withColumn("label", expr("if(id = 11, null, label)"))
                .write()
                .mode(SaveMode.Append)
                .parquet(directory.toString());
        Samples samples = ReaderContract.read(
                        settings(directory, List.of(), Optional.of("id")).reader(), 10)
                .get(0);
        assertThat(samples.labels().classes()).containsExactly(0, Labels.NONE, 2);
        assertThat(samples.ids()).containsExactly(10, 11, 12);
    }

    @Test
    void keepsFurtherColumnsBesideTheFeatures() throws IOException {
        arrays(3)
                .withColumn("city", expr("if(id = 11, null, concat('c', id))"))
                .withColumn("price", expr("if(id = 12, null, decimal(id) / 4)"))
                .write()
                .mode(SaveMode.Append)
                .parquet(directory.toString());
        Reader reader = new ParquetSettings(
                        List.of(directory.toString()),
                        "features",
                        Optional.of("label"),
                        Optional.of("id"),
                        List.of(
                                new FurtherColumn("city", FurtherColumn.Type.TEXT, Optional.empty()),
                                new FurtherColumn("price", FurtherColumn.Type.FLOAT32, Optional.empty())),
                        List.of(),
                        DataType.FLOAT32,
                        Optional.of(3),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())
                .reader();
        List<Split> splits = reader.splits(ReaderContract.STORAGE);
        Schema schema = reader.schema(ReaderContract.STORAGE, splits);
        try (RowStream stream = reader.open(ReaderContract.STORAGE, splits.get(0), schema)) {
            Rows rows = stream.read(2);
            assertThat(rows.texts("city")).containsExactly("c10", null);
            float[] prices = new float[2];
            DataType.FLOAT32.decode(rows.numbers("price"), 0, prices, 0, 2);
            assertThat(prices).containsExactly(2.5f, 2.75f);
            assertThatThrownBy(() -> stream.read(1))
                    .isInstanceOf(ArtifactException.class)
                    .hasMessage(file() + " row 2 column price: must be a finite number, was null");
        }
    }

    @Test
    void keepsArraysBesideTheFeatures() throws IOException {
        arrays(3)
                .withColumn("scores", expr("if(id = 12, array(1D), array(id / 4, 0.5D))"))
                .withColumn("city", expr("'c'"))
                .write()
                .mode(SaveMode.Append)
                .parquet(directory.toString());
        Reader reader = withArray("scores").reader();
        List<Split> splits = reader.splits(ReaderContract.STORAGE);
        Schema schema = reader.schema(ReaderContract.STORAGE, splits);
        try (RowStream stream = reader.open(ReaderContract.STORAGE, splits.get(0), schema)) {
            float[] scores = new float[4];
            DataType.FLOAT32.decode(stream.read(2).numbers("scores"), 0, scores, 0, 4);
            assertThat(scores).containsExactly(2.5f, 0.5f, 2.75f, 0.5f);
            assertThatThrownBy(() -> stream.read(1))
                    .isInstanceOf(ArtifactException.class)
                    .hasMessage(file() + " row 2 column scores: must hold 2 values, has 1");
        }
        for (String single : List.of("id", "city")) {
            assertThatThrownBy(() -> withArray(single).reader().schema(ReaderContract.STORAGE, splits))
                    .hasMessageContainingAll(
                            " column " + single + " is of type ",
                            ": a column with a width must be an array of numbers",
                            single.equals("id") ? "leave out width, for it is one number" : "with kind = spark");
        }
    }

    private ParquetSettings withArray(String name) {
        return new ParquetSettings(
                List.of(directory.toString()),
                "features",
                Optional.of("label"),
                Optional.empty(),
                List.of(new FurtherColumn(name, FurtherColumn.Type.FLOAT32, Optional.of(2))),
                List.of(),
                DataType.FLOAT32,
                Optional.of(3),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void sourceWithoutALabelColumnHasRowsWithoutLabels() {
        arrays(2).drop("label").write().mode(SaveMode.Append).parquet(directory.toString());
        Reader reader = new ParquetSettings(
                        List.of(directory.toString()),
                        "features",
                        Optional.empty(),
                        Optional.of("id"),
                        List.of(),
                        List.of(),
                        DataType.FLOAT32,
                        Optional.of(3),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())
                .reader();
        Samples samples = ReaderContract.read(reader, 10).get(0);
        assertThat(samples.labels().classes()).containsExactly(Labels.NONE, Labels.NONE);
        assertThat(samples.ids()).containsExactly(10, 11);
        assertThat(samples.schema().target()).isEqualTo(new Target.NoTarget(List.of("0", "1", "2")));
    }

    @Test
    void refusesWhatIsNoNumber() throws IOException {
        arrays(2)
                .withColumn("features", expr("if(id = 11, array(1D, double('NaN')), features)"))
                .write()
                .mode(SaveMode.Append)
                .parquet(directory.toString());
        refuses(file() + " row 1 column features: value 1 must be a finite number, was NaN");
    }

    @Test
    void refusesLabelsThatAreNoClass() throws IOException {
        arrays(2)
                .withColumn("label", expr("if(id = 11, 3, label)"))
                .write()
                .mode(SaveMode.Append)
                .parquet(directory.toString());
        refuses(file() + " row 1 column label: must be a class index from 0 to 2, was 3");
    }

    @Test
    void refusesSparseIndicesBeyondTheirVector() {
        write(
                new StructType().add("label", DataTypes.DoubleType).add("features", SQLDataTypes.VectorType()),
                RowFactory.create(1.0, Vectors.dense(1, 2, 3)),
                RowFactory.create(0.0, Vectors.sparse(4, new int[] {3}, new double[] {7})));
        assertThatThrownBy(this::read)
                .isInstanceOf(ArtifactException.class)
                .hasMessageEndingWith(" row 1 column features: must hold 3 values, has 4");
    }

    @Test
    void refusesAFileThatIsNotParquet() throws IOException {
        Path file = directory.resolve("part.parquet");
        Files.writeString(file, "not really");
        assertThatThrownBy(this::read)
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith(
                        "file:" + file + " cannot be read as Parquet: file:" + file + " is not a Parquet file");
    }

    /** Rows id = 10 + i, label = i mod 3, features = [i, i + 1]. */
    private static Dataset<Row> arrays(int rows) {
        return LocalSpark.session()
                .range(0, rows, 1, 1)
                .selectExpr("id + 10 AS id", "int(id % 3) AS label", "array(double(id), double(id + 1)) AS features");
    }

    private void write(StructType type, Row... rows) {
        LocalSpark.session()
                .createDataFrame(Arrays.asList(rows), type)
                .coalesce(1)
                .write()
                .mode(SaveMode.Append)
                .parquet(directory.toString());
    }

    private List<String> read() {
        return ReaderContract.described(ReaderContract.read(
                settings(directory, List.of(), Optional.empty()).reader(), 10));
    }

    private void refuses(String message) {
        assertThatThrownBy(this::read).isInstanceOf(ArtifactException.class).hasMessage(message);
    }

    private String file() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return "file:"
                    + files.filter(path -> path.getFileName().toString().startsWith("part"))
                            .findFirst()
                            .orElseThrow();
        }
    }

    private static FileSource.Settings settings(Path folder, List<Integer> shape, Optional<String> id) {
        return settings(folder, shape, id, DataType.FLOAT32);
    }

    private static FileSource.Settings settings(
            Path folder, List<Integer> shape, Optional<String> id, DataType element) {
        return new ParquetSettings(
                List.of(folder.toString()),
                "features",
                Optional.of("label"),
                id,
                List.of(),
                shape,
                element,
                Optional.of(3),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
