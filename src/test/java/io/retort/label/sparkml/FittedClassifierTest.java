package io.retort.label.sparkml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.label.sparkml.Estimators.EstimatorSettings;
import io.retort.spark.LocalSpark;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.classification.ProbabilisticClassificationModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models of Spark ML as arrays, held against Spark's own answers. */
class FittedClassifierTest {
    private static final int COLUMNS = 4;

    @ParameterizedTest
    @CsvSource({
        "random-forest, 3",
        "random-forest, 2",
        "gradient-boosted-trees, 2",
        "logistic-regression, 3",
        "logistic-regression, 2"
    })
    void answersAsSparkDoes(String kind, int classes) throws IOException {
        ProbabilisticClassificationModel<Vector, ?> model = (ProbabilisticClassificationModel<Vector, ?>)
                estimator(kind).classifier(1).fit(table(classes));
        FittedClassifier fitted = read(written(FittedClassifier.of(model)));
        Random random = new Random(2);
        for (int i = 0; i < 200; i++) {
            double[] row = random.doubles(COLUMNS, -2, 2).toArray();
            assertThat(fitted.probabilities(row))
                    .hasSize(classes)
                    .containsExactly(
                            model.predictProbability(Vectors.dense(row)).toArray(), within(1e-9));
        }
    }

    private static EstimatorSettings estimator(String kind) {
        return switch (kind) {
            case "random-forest" -> new Estimators.Forest(20, 8, 1, 32);
            case "gradient-boosted-trees" -> new Estimators.BoostedTrees(10, 3, 0.2, 1, 32);
            default -> new Estimators.Regression(0.01, 50);
        };
    }

    /** Rows whose class follows from their greatest value, but for noise. */
    private static Dataset<Row> table(int classes) {
        Random random = new Random(1);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            double[] row = random.doubles(COLUMNS, -2, 2).toArray();
            int label = 0;
            for (int c = 1; c < classes; c++) {
                label = row[c] + 0.3 * random.nextGaussian() > row[label] ? c : label;
            }
            rows.add(RowFactory.create(Vectors.dense(row), (double) label));
        }
        return SparkSession.builder()
                .sparkContext(LocalSpark.context().sc())
                .getOrCreate()
                .createDataFrame(
                        rows,
                        new StructType()
                                .add("features", SQLDataTypes.VectorType())
                                .add("label", DataTypes.DoubleType));
    }

    private static byte[] written(FittedClassifier fitted) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        fitted.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static FittedClassifier read(byte[] bytes) throws IOException {
        return FittedClassifier.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }
}
