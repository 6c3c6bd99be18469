package io.retort.ml;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import io.retort.ml.OnnxScoring.OutputForm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The columns that a student adds to a DataFrame; one whose name is empty is left out, as in Spark ML. */
final class StudentColumns {
    /** The input of a student that reads one vector of numbers. */
    static final String INPUT = "input";

    private static final String LOGITS = "logits";
    private static final String SCORED = "retort_logits";
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
                        List.of(SCORED),
                        OutputForm.VECTOR,
                        new OnnxScoring.Rows(BATCH, false)));
        boolean knowsMissing =
                !scoring.inputs().stream().allMatch(input -> input.name().equals(INPUT));
        return scoring.taking(new OnnxScoring.Rows(BATCH, knowsMissing));
    }

    /** Rows with a column of logits, for the other columns, and then without it. */
    static Dataset<Row> added(Dataset<?> rows, OnnxScoring student, List<Added> columns) {
        Dataset<Row> scored = student.of(rows);
        List<Column> all = new ArrayList<>();
        for (String name : rows.columns()) {
            all.add(col(TeacherColumn.quoted(name)));
        }
        for (Added added : columns) {
            if (!added.name().isEmpty()) {
                all.add(added.of(col(SCORED)));
            }
        }
        return scored.select(all.toArray(Column[]::new));
    }

    /** A column that follows from the logits. */
    interface Added {
        String name();

        Column of(Column logits);
    }

    /** The logits, of two classes {@linkplain #raw moved}. */
    record Logits(String name) implements Added {
        @Override
        public Column of(Column logits) {
            UDF1<Vector, Vector> raw =
                    values -> Vectors.dense(raw(finite(values).toArray()));
            return udf(raw, SQLDataTypes.VectorType()).apply(logits).as(name);
        }
    }

    /** Their softmax. */
    record Probabilities(String name) implements Added {
        @Override
        public Column of(Column logits) {
            UDF1<Vector, Vector> softmax =
                    values -> Vectors.dense(softmax(finite(values).toArray()));
            return udf(softmax, SQLDataTypes.VectorType()).apply(logits).as(name);
        }
    }

    /**
     * The class of the greatest probability, or of the greatest quotient of probability and threshold; the names of
     * classes are in its metadata, as StringIndexer writes them.
     *
     * @param thresholds one for each class; none where all are the same
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record PredictedClass(String name, List<String> classes, double[] thresholds) implements Added {
        @Override
        public Column of(Column logits) {
            double[] divisors = thresholds.clone();
            UDF1<Vector, Double> best = values -> best(softmax(finite(values).toArray()), divisors);
            return udf(best, DataTypes.DoubleType)
                    .apply(logits)
                    .as(
                            name,
                            NominalAttribute.defaultAttr()
                                    .withName(name)
                                    .withValues(classes.toArray(String[]::new))
                                    .toMetadata());
        }
    }

    /** The one number that a regression gives. */
    record PredictedNumber(String name) implements Added {
        @Override
        public Column of(Column logits) {
            UDF1<Vector, Double> first = values -> finite(values).apply(0);
            return udf(first, DataTypes.DoubleType).apply(logits).as(name);
        }
    }

    private static Vector finite(Vector logits) {
        for (double value : logits.toArray()) {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("the student gives " + value
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
