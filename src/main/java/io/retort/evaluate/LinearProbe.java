package io.retort.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * How much of rows' classes a linear classifier finds in their vectors (Alain and Bengio 2016, "Understanding
 * intermediate layers using linear classifier probes", arXiv:1610.01644): Spark ML's logistic regression, on vectors of
 * length 1.
 */
public final class LinearProbe {
    /** The weight of the squared coefficients beside the mean loss of a row, in nats. */
    private static final double PENALTY = 1e-4;

    private static final int MOST_STEPS = 100;

    private LinearProbe() {}

    /**
     * The share of rows whose class is found; nothing where the rows to fit are of one class.
     *
     * @param fitted rows to which the classifier is fitted, and others that are {@code judged}, each of which has a label
     * @param classes how many there are
     */
    public static OptionalDouble accuracy(
            JavaSparkContext spark, AnsweredRows fitted, AnsweredRows judged, int classes) {
        if (Arrays.stream(fitted.labels().classes()).distinct().count() < 2 || judged.rows() == 0) {
            return OptionalDouble.empty();
        }
        LogisticRegressionModel model = new LogisticRegression()
                .setRegParam(PENALTY)
                .setMaxIter(MOST_STEPS)
                .fit(table(spark, fitted, classes));
        List<Vector> vectors = vectors(judged);
        long right = IntStream.range(0, vectors.size())
                .filter(row ->
                        model.predict(vectors.get(row)) == judged.labels().classOf(row))
                .count();
        return OptionalDouble.of((double) right / vectors.size());
    }

    /** In one partition, whose sums have an order: the same rows give the same classifier. */
    private static Dataset<Row> table(JavaSparkContext spark, AnsweredRows answered, int classes) {
        Metadata ofLabel = NominalAttribute.defaultAttr()
                .withName("label")
                .withNumValues(classes)
                .toMetadata();
        StructType columns = new StructType(new StructField[] {
            new StructField("features", SQLDataTypes.VectorType(), false, Metadata.empty()),
            new StructField("label", DataTypes.DoubleType, false, ofLabel)
        });
        List<Vector> vectors = vectors(answered);
        List<Row> rows = IntStream.range(0, vectors.size())
                .mapToObj(row -> RowFactory.create(
                        vectors.get(row), (double) answered.labels().classOf(row)))
                .toList();
        return SparkSession.builder()
                .sparkContext(spark.sc())
                .getOrCreate()
                .createDataFrame(rows, columns)
                .coalesce(1);
    }

    private static List<Vector> vectors(AnsweredRows rows) {
        int width = rows.classes();
        float[] units = Neighbours.units(rows.outputs(), width);
        List<Vector> vectors = new ArrayList<>();
        for (int from = 0; from < units.length; from += width) {
            int first = from;
            vectors.add(Vectors.dense(
                    IntStream.range(0, width).mapToDouble(i -> units[first + i]).toArray()));
        }
        return vectors;
    }
}
