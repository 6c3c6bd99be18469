package io.retort.label;

import io.retort.config.Names;
import io.retort.data.ClassNames;
import io.retort.data.encode.RowNumbers.NumberPicks;
import io.retort.predict.OutputKind;
import io.retort.predict.Probe;
import io.retort.predict.RowBatch;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Digest.Fingerprinted;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/** The scores of a row that are columns of the data: a value for each class, in the order of whoever scored them. */
public sealed interface Scores extends Serializable, Fingerprinted {
    /** Values of a row. */
    int classes();

    /** What the values mean. */
    OutputKind kind();

    /**
     * Reads those of a row.
     *
     * @throws ArtifactException where they are no scores; the message names the row
     */
    void read(RowBatch rows, int row, float[] into);

    private static ArtifactException refuse(RowBatch rows, int row, Object columns, String problem) {
        return new ArtifactException("the scores of row " + rows.id(row) + ", columns " + columns + ": " + problem);
    }

    /**
     * Scores of all classes.
     *
     * @param columns their names, for messages
     */
    record Whole(List<String> columns, NumberPicks picks, OutputKind kind) implements Scores {
        public Whole {
            columns = List.copyOf(columns);
        }

        @Override
        public int classes() {
            return picks.shape().elements();
        }

        @Override
        public void read(RowBatch rows, int row, float[] into) {
            picks.copy(rows, row, into);
            double sum = 0;
            boolean inRange = true;
            for (float score : into) {
                if (!Float.isFinite(score)) {
                    throw refuse(rows, row, columns, "must be finite, were " + Arrays.toString(into));
                }
                double probability = kind == OutputKind.LOG_PROBABILITIES ? Math.exp(score) : score;
                inRange &= probability >= 0 && probability <= 1 + Probe.SUM_TOLERANCE;
                sum += probability;
            }
            boolean isDistribution = kind != OutputKind.LOGITS && kind != OutputKind.NUMBERS;
            if (isDistribution && !(inRange && Math.abs(sum - 1) <= Probe.SUM_TOLERANCE)) {
                throw refuse(
                        rows,
                        row,
                        columns,
                        "must be " + kind + (kind == OutputKind.PROBABILITIES ? ", which" : ", whose exponentials")
                                + " are in [0, 1] and add up to 1, were " + Arrays.toString(into) + " with the sum "
                                + (float) sum);
            }
        }

        @Override
        public void addTo(Digest digest) {
            digest.add("whole").addTexts(columns).add(Names.kebab(kind));
        }
    }

    /**
     * The greatest probabilities and the places of their classes. The rest of the mass is spread evenly over all other
     * classes.
     *
     * @param columns those of the places and of the values, for messages
     * @param values probabilities, or their logarithms as {@code valueKind} says
     */
    record Top(List<String> columns, NumberPicks places, NumberPicks values, OutputKind valueKind, int classes)
            implements Scores {
        public Top {
            columns = List.copyOf(columns);
        }

        @Override
        public OutputKind kind() {
            return OutputKind.PROBABILITIES;
        }

        @Override
        public void read(RowBatch rows, int row, float[] into) {
            int kept = places.shape().elements();
            float[] at = new float[kept];
            float[] of = new float[kept];
            places.copy(rows, row, at);
            values.copy(rows, row, of);
            Arrays.fill(into, Float.NaN);
            double mass = 0;
            for (int i = 0; i < kept; i++) {
                int place = (int) at[i];
                if (place != at[i] || place < 0 || place >= classes || !Float.isNaN(into[place])) {
                    throw refuse(
                            rows,
                            row,
                            columns,
                            "the places must be different whole numbers from 0 to " + (classes - 1) + ", were "
                                    + Arrays.toString(at));
                }
                into[place] = valueKind == OutputKind.LOG_PROBABILITIES ? (float) Math.exp(of[i]) : of[i];
                if (!(into[place] >= 0 && into[place] <= 1 + Probe.SUM_TOLERANCE)) {
                    throw refuse(rows, row, columns, "must be " + valueKind + ", were " + Arrays.toString(of));
                }
                mass += into[place];
            }
            if (mass > 1 + Probe.SUM_TOLERANCE || (kept == classes && mass < 1 - Probe.SUM_TOLERANCE)) {
                throw refuse(
                        rows,
                        row,
                        columns,
                        "must be " + valueKind + " of at most 1 together, were " + Arrays.toString(of)
                                + " with the sum " + (float) mass);
            }
            float rest = kept == classes ? 0 : (float) (Math.max(0, 1 - mass) / (classes - kept));
            for (int c = 0; c < classes; c++) {
                into[c] = Float.isNaN(into[c]) ? rest : into[c];
            }
        }

        /** The sum of the values of a row that has scores. */
        float keptMass(RowBatch rows, int row) {
            float[] all = new float[classes];
            read(rows, row, all);
            float[] at = new float[places.shape().elements()];
            places.copy(rows, row, at);
            float mass = 0;
            for (float place : at) {
                mass += all[(int) place];
            }
            return mass;
        }

        @Override
        public void addTo(Digest digest) {
            digest.add("top").addTexts(columns).add(Names.kebab(valueKind)).add(classes);
        }
    }

    /**
     * The one class that a row was given.
     *
     * @param column of texts or of single numbers: a class name, or an index where classes have no names
     * @param names of the classes
     */
    record OneClass(String column, ColumnKind columnKind, List<String> names) implements Scores {
        public OneClass {
            names = List.copyOf(names);
        }

        /** What the column holds. */
        public enum ColumnKind {
            TEXT,
            NUMBER
        }

        @Override
        public int classes() {
            return names.size();
        }

        @Override
        public OutputKind kind() {
            return OutputKind.PROBABILITIES;
        }

        @Override
        public void read(RowBatch rows, int row, float[] into) {
            ClassNames classes = ClassNames.of(names);
            String written;
            int index;
            if (columnKind == ColumnKind.TEXT) {
                written = rows.text(column, row);
                index = classes.isAbsent(written) ? -1 : classes.index(written);
            } else {
                float number = rows.numbers(column)[row];
                written = Float.toString(number);
                // A class may be named by a number that is not its index.
                index = number == (int) number ? classes.index(Integer.toString((int) number)) : -1;
            }
            if (index < 0) {
                throw refuse(
                        rows,
                        row,
                        List.of(column),
                        "must be " + classes.allowed() + ", was " + (written.isEmpty() ? "empty" : written));
            }
            Arrays.fill(into, 0);
            into[index] = 1;
        }

        @Override
        public void addTo(Digest digest) {
            digest.add("one-class").add(column).addTexts(names);
        }
    }
}
