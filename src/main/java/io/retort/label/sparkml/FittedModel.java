package io.retort.label.sparkml;

import io.retort.data.encode.RowNumbers;
import io.retort.data.shard.RowFilter;
import io.retort.predict.Model;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.OutputKind;
import io.retort.predict.RowBatch;
import io.retort.storage.ArtifactException;
import java.io.Serializable;
import java.util.ArrayList;

/**
 * Classifiers that were fitted here as one model: each row is answered for by one of them.
 *
 * @param picks what they read
 * @param floor the least probability
 */
public record FittedModel(
        ArrayList<FittedClassifier> classifiers, RowNumbers picks, double floor, Choice choice, String fingerprint)
        implements ModelHandle {
    /**
     * Stands for 0. Of a sample of more than 10,000 rows Spark's trees count all values but 0, and take what is missing
     * from 10,000 for zeros: where the sample happens to be larger, few zeros are lost, and no tree splits the column
     * ({@code findings/spark-trees-miss-zeros.sh}).
     */
    private static final double ZERO = 1e-300;

    /** Which of the classifiers answers for a row. */
    public interface Choice extends Serializable {
        int of(RowBatch rows, int row);

        /** The only one. */
        static Choice first() {
            return (Choice & Serializable) (rows, row) -> 0;
        }

        /**
         * For a row that was fitted on, the classifier of the others, which did not see it; for any other the last one,
         * which saw all.
         *
         * @param fitted the rows that were fitted on
         */
        static Choice outOfFold(RowFilter fitted, int folds) {
            return (Choice & Serializable)
                    (rows, row) -> fitted.has(rows.id(row), rows.hasLabel(row)) && rows.hasLabel(row)
                            ? RowFilter.fold(rows.id(row), folds)
                            : folds;
        }
    }

    @Override
    public Model open(int threads) {
        return new Open(this);
    }

    /**
     * What trees are fitted on and asked about.
     *
     * @throws ArtifactException where a row lacks a number
     */
    static void copy(RowBatch rows, int row, float[] picked, double[] into) {
        for (int column = 0; column < picked.length; column++) {
            into[column] = picked[column] == 0 ? ZERO : picked[column];
            if (Float.isNaN(picked[column])) {
                throw new ArtifactException("a teacher of Spark ML needs all numbers that it reads, but row "
                        + rows.id(row) + " lacks number " + column + " of them; leave the column out of the teacher's"
                        + " columns, or fill it in");
            }
        }
    }

    private record Open(FittedModel fitted) implements Model {
        @Override
        public float[] predict(RowBatch rows) {
            int columns = fitted.picks.count();
            float[] picked = new float[columns];
            double[] row = new double[columns];
            float[] logits = new float[0];
            for (int i = 0; i < rows.size(); i++) {
                fitted.picks.copy(rows, i, picked);
                copy(rows, i, picked, row);
                double[] probabilities =
                        fitted.classifiers.get(fitted.choice.of(rows, i)).probabilities(row);
                logits = i == 0 ? new float[rows.size() * probabilities.length] : logits;
                for (int c = 0; c < probabilities.length; c++) {
                    logits[i * probabilities.length + c] = (float) probabilities[c];
                }
            }
            OutputKind.PROBABILITIES.toLogits(logits, fitted.floor);
            return logits;
        }

        @Override
        public void close() {}
    }
}
