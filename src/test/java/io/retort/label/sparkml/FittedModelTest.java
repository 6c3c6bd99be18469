package io.retort.label.sparkml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.DataType;
import io.retort.data.Labels;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.ShownRows;
import io.retort.data.View;
import io.retort.data.encode.RowNumbers.NumberPicks;
import io.retort.data.shard.RowFilter;
import io.retort.network.Shape;
import io.retort.spark.LocalSpark;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.spark.ml.classification.RandomForestClassificationModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class FittedModelTest {
    private static final int FOLDS = 4;
    private static final int ROWS = 100;

    /** With which Spark 3.5.9 samples too many rows. */
    private static final long SEED = 5;

    private static final Schema SCHEMA = new Schema(Shape.vector(1), DataType.FLOAT32, List.of("no", "yes"));

    /** Classifier i has log-odds i, whatever the row. */
    @Test
    void aRowThatWasFittedOnIsLeftToTheClassifierOfTheOthers() {
        List<FittedClassifier> classifiers = new ArrayList<>();
        for (int i = 0; i <= FOLDS; i++) {
            classifiers.add(new FittedClassifier.Linear(new double[] {0, i}, new double[2]));
        }
        int[] labels =
                IntStream.range(0, ROWS).map(i -> i % 3 == 0 ? Labels.NONE : 1).toArray();
        FittedModel model = new FittedModel(
                new ArrayList<>(classifiers),
                NumberPicks.of(SCHEMA, List.of(Schema.FEATURES)),
                1e-9,
                FittedModel.Choice.outOfFold(RowFilter.NONE, FOLDS),
                "fitted");
        float[] logits = model.open(1).predict(shown(labels));
        int[] answered = new int[FOLDS + 1];
        for (int i = 0; i < ROWS; i++) {
            int expected = labels[i] == Labels.NONE ? FOLDS : RowFilter.fold(i, FOLDS);
            assertThat(logits[2 * i + 1] - logits[2 * i]).isCloseTo(expected, within(1e-5f));
            answered[expected]++;
        }
        assertThat(answered).doesNotContain(0);
    }

    /** Of 20,000 rows the 40 that are 0 have the second class; to Spark alone the column is constant. */
    @Test
    void treesSplitAColumnOfFewZeros() {
        assertThat(importanceOf(new double[] {0}, new double[] {1}))
                .as("Spark alone")
                .isZero();
        double[] zero = new double[1];
        double[] one = new double[1];
        ShownRows rows = shown(new int[ROWS]);
        FittedModel.copy(rows, 0, new float[] {0}, zero);
        FittedModel.copy(rows, 0, new float[] {1}, one);
        assertThat(importanceOf(zero, one)).isEqualTo(1);
    }

    private static ShownRows shown(int[] labels) {
        Rows rows = new Rows(
                SCHEMA.columns(),
                LongStream.range(0, ROWS).toArray(),
                Labels.ofClasses(labels),
                List.of(new Rows.NumberValues(new byte[ROWS * Float.BYTES], Float.BYTES)));
        return new ShownRows(SCHEMA, rows, View.plain());
    }

    private static double importanceOf(double[] few, double[] others) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            boolean isFew = i % 500 == 0;
            rows.add(RowFactory.create(Vectors.dense(isFew ? few : others), isFew ? 1.0 : 0.0));
        }
        StructType columns =
                new StructType().add("features", SQLDataTypes.VectorType()).add("label", DataTypes.DoubleType);
        RandomForestClassificationModel forest = (RandomForestClassificationModel) new Estimators.Forest(1, 2, 1, 32)
                .classifier(SEED)
                .fit(SparkSession.builder()
                        .sparkContext(LocalSpark.context().sc())
                        .getOrCreate()
                        .createDataFrame(rows, columns)
                        .coalesce(1));
        return forest.featureImportances().apply(0);
    }

    /** So few rows of 4,000 are off a quarter only by chance. */
    @Test
    void foldsAreEvenAndHaveNothingToDoWithTheValidationSplit() {
        int[] inFold = new int[FOLDS];
        int[] ofValidation = new int[FOLDS];
        RowFilter validation = RowFilter.NONE.with(RowFilter.Side.VALIDATION, 0.5);
        for (long id = 0; id < 4000; id++) {
            int fold = RowFilter.fold(id, FOLDS);
            inFold[fold]++;
            ofValidation[fold] += validation.has(id, true) ? 1 : 0;
        }
        for (int fold = 0; fold < FOLDS; fold++) {
            assertThat(inFold[fold]).isBetween(900, 1100);
            assertThat(ofValidation[fold]).isBetween(420, 580);
        }
    }
}
