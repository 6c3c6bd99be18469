package io.retort.evaluate;

import io.retort.data.Labels;
import io.retort.data.Labels.LabelCounts;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A network is to output what its teacher does, and no label judges it: all figures are means over the rows. */
interface TaughtTask extends Task {
    /** How many figures a row has. */
    int FIGURES = 2;

    int outputs();

    /**
     * The {@value #FIGURES} figures of a row, of which the first is the score.
     *
     * @param given {@code [rows, outputs]}
     * @param taught by the teacher, likewise
     * @param from where the row begins
     */
    double[] figures(float[] given, float[] taught, int from);

    /** Metrics by name, of the means of these figures. */
    Map<String, Double> metrics(double[] means);

    @Override
    default boolean needsLabels() {
        return false;
    }

    @Override
    default Task.Accumulator tally(Evaluation.Settings settings) {
        return new Means(this);
    }

    @Override
    default double score(float[] given, float[] teacherOutputs, Labels labels) {
        Means means = new Means(this);
        means.add(given, teacherOutputs, labels);
        return means.means()[0];
    }

    /** 0, since labels do not show what the teacher says. */
    @Override
    default double constantScore(LabelCounts labels) {
        return 0;
    }

    /** Sums over rows. */
    final class Means implements Task.Accumulator {
        private static final long serialVersionUID = 1L;

        private final TaughtTask task;
        private long rows;
        private final double[] sums = new double[FIGURES];

        private Means(TaughtTask task) {
            this.task = task;
        }

        @Override
        public void add(float[] given, float[] teacherOutputs, Labels labels) {
            for (int row = 0; row < labels.rows(); row++) {
                add(task.figures(given, teacherOutputs, row * task.outputs()));
            }
            rows += labels.rows();
        }

        @Override
        public void add(Task.Accumulator other) {
            Means that = (Means) other;
            rows += that.rows;
            add(that.sums);
        }

        private void add(double[] figures) {
            for (int i = 0; i < FIGURES; i++) {
                sums[i] += figures[i];
            }
        }

        private double[] means() {
            return Arrays.stream(sums).map(sum -> sum / rows).toArray();
        }

        @Override
        public Evaluation evaluation() {
            return new Evaluation(rows, task.metrics(means()), List.of());
        }
    }

    /**
     * Rows have no labels: a network is to output what its teacher does. The score is agreement, the fraction of rows with
     * the teacher's most probable class.
     */
    record ImitationTask(int outputs) implements TaughtTask {
        private static final String AGREEMENT = "agreement";

        @Override
        public String score() {
            return AGREEMENT;
        }

        /**
         * Agreement, and the divergence {@code KL(p ‖ q)} from the teacher's distribution p to the network's q, in nats.
         */
        @Override
        public double[] figures(float[] given, float[] taught, int from) {
            Prediction prediction = new Prediction(outputs);
            prediction.fill(given, taught, from / outputs, 0);
            return new double[] {prediction.predicted() == prediction.teacher() ? 1 : 0, prediction.divergence()};
        }

        @Override
        public Map<String, Double> metrics(double[] means) {
            return new TreeMap<>(Map.of(AGREEMENT, means[0], DIVERGENCE, means[1]));
        }

        @Override
        public ContingencyTable pairs(float[] first, float[] second, Labels labels) {
            return ContingencyTable.of(first, second, labels);
        }

        @Override
        public boolean agree(float[] given, float[] reference, int row) {
            return Prediction.greatest(given, row * outputs, outputs)
                    == Prediction.greatest(reference, row * outputs, outputs);
        }
    }
}
