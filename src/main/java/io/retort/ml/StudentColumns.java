package io.retort.ml;

import io.retort.ml.OnnxScoring.OutputForm;
import io.retort.ml.ScoredRows.Column;
import io.retort.predict.Predictor.Outputs;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructType;

/** The columns that a student adds to a DataFrame; one whose name is empty is left out, as in Spark ML. */
final class StudentColumns {
    /** The input of a student that reads one vector of numbers. */
    static final String INPUT = "input";

    private static final String LOGITS = "logits";
    private static final int BATCH = 256;

    private StudentColumns() {}

    /** Refuses a DataFrame that lacks a column which a student reads. */
    static void require(StructType schema, String param, List<String> names) {
        names.forEach(name -> FitColumns.type(schema, name, param));
    }

    /**
     * Columns with one more.
     *
     * @param param that names it
     */
    static StructType with(StructType schema, String param, String name, DataType type) {
        if (name.isEmpty()) {
            return schema;
        }
        if (List.of(schema.fieldNames()).contains(name)) {
            throw new IllegalArgumentException(
                    "there is a column " + name + " already; set " + param + " to another name, or drop the column");
        }
        return schema.add(name, type, false);
    }

    /**
     * A student over columns.
     *
     * @param vector that it reads, where it reads no columns by their names
     */
    static OnnxScoring scoring(byte[] student, Optional<String> vector) {
        OnnxScoring scoring = OnnxScoring.of(
                new NamedModel.InBytes(student),
                new OnnxScoring.Settings(
                        List.of(),
                        vector.stream().toList(),
                        List.of(LOGITS),
                        List.of(),
                        OutputForm.VECTOR,
                        new OnnxScoring.Rows(BATCH, false)));
        boolean knowsMissing =
                !scoring.inputs().stream().allMatch(input -> input.name().equals(INPUT));
        return scoring.taking(new OnnxScoring.Rows(BATCH, knowsMissing));
    }

    /** Rows with these columns of a student behind them. */
    static Dataset<Row> added(Dataset<?> rows, OnnxScoring student, List<Column> columns) {
        return student.of(
                rows,
                columns.stream()
                        .filter(column -> !column.field().name().isEmpty())
                        .toList());
    }

    /** The logits, of two classes {@linkplain #raw moved}. */
    static Column logits(String name) {
        return column(name, SQLDataTypes.VectorType(), Metadata.empty(), logits -> Vectors.dense(raw(logits)));
    }

    /** Their softmax. */
    static Column probabilities(String name) {
        return column(name, SQLDataTypes.VectorType(), Metadata.empty(), logits -> Vectors.dense(softmax(logits)));
    }

    /**
     * The class of the greatest probability, or of the greatest quotient of probability and threshold; the names of
     * classes are in its metadata, as StringIndexer writes them.
     *
     * @param thresholds one for each class; none where all are the same
     */
    static Column predictedClass(String name, List<String> classes, double[] thresholds) {
        Metadata metadata = NominalAttribute.defaultAttr()
                .withName(name)
                .withValues(classes.toArray(String[]::new))
                .toMetadata();
        return column(name, DataTypes.DoubleType, metadata, logits -> best(softmax(logits), thresholds));
    }

    /** The one number that a regression gives. */
    static Column predictedNumber(String name) {
        return column(name, DataTypes.DoubleType, Metadata.empty(), numbers -> numbers[0]);
    }

    /** What follows from the logits of a row. */
    private interface OfLogits extends Serializable {
        Object of(double[] logits);
    }

    private static Column column(String name, DataType type, Metadata metadata, OfLogits value) {
        return new Column(
                DataTypes.createStructField(name, type, false, metadata),
                (answers, row) -> value.of(logits(answers, row)));
    }

    private static double[] logits(Outputs answers, int row) {
        float[] all = answers.of(LOGITS);
        double[] logits = new double[answers.width(LOGITS)];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = all[row * logits.length + i];
            if (!Double.isFinite(logits[i])) {
                throw new IllegalArgumentException("the student gives " + logits[i]
                        + " for a row; a feature is not finite: fill it as those of the training rows were filled");
            }
        }
        return logits;
    }

    /**
     * Logits as Spark ML's raw predictions. Those of two classes are moved until they add up to 0, which leaves their
     * softmax as it is: Spark's BinaryClassificationEvaluator ranks rows by the second value alone.
     */
    static double[] raw(double[] logits) {
        if (logits.length != 2) {
            return logits;
        }
        double half = (logits[1] - logits[0]) / 2;
        return new double[] {-half, half};
    }

    static float[] floats(Vector vector) {
        float[] floats = new float[vector.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) vector.apply(i);
        }
        return floats;
    }

    /** Of a new array. */
    static double[] softmax(double[] logits) {
        double greatest = Arrays.stream(logits).max().orElse(0);
        double[] powers =
                Arrays.stream(logits).map(logit -> Math.exp(logit - greatest)).toArray();
        double sum = Arrays.stream(powers).sum();
        return Arrays.stream(powers).map(power -> power / sum).toArray();
    }

    /** As Spark's classifiers choose: a threshold of 0 beats all, if its class has any probability. */
    static double best(double[] probabilities, double[] thresholds) {
        int best = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < probabilities.length; c++) {
            double scaled = thresholds.length == 0
                    ? probabilities[c]
                    : thresholds[c] == 0
                            ? (probabilities[c] == 0 ? 0 : Double.POSITIVE_INFINITY)
                            : probabilities[c] / thresholds[c];
            if (scaled > most) {
                most = scaled;
                best = c;
            }
        }
        return best;
    }
}
