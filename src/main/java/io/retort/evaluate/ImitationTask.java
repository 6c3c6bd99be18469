package io.retort.evaluate;

import io.retort.data.LabelCounts;
import io.retort.data.Labels;
import io.retort.engine.Softmax;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rows have no labels: a network is to output what its teacher does. The score is agreement, the fraction of rows with
 * the teacher's most probable class.
 */
record ImitationTask(int outputs) implements Task {
    private static final String AGREEMENT = "agreement";

    @Override
    public String score() {
        return AGREEMENT;
    }

    @Override
    public boolean needsLabels() {
        return false;
    }

    @Override
    public Task.Accumulator tally(Evaluation.Settings settings) {
        return new Sums(outputs);
    }

    @Override
    public double score(float[] given, float[] teacherOutputs, Labels labels) {
        Sums sums = new Sums(outputs);
        sums.add(given, teacherOutputs, labels);
        return sums.agreement();
    }

    /** 0, since the classes that the teacher predicts are not counted. */
    @Override
    public double constantScore(LabelCounts labels) {
        return 0;
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

    /**
     * Agreement, and the divergence {@code KL(p ‖ q)} from the teacher's distribution p to the network's q, in nats,
     * a mean over the rows.
     */
    private static final class Sums implements Task.Accumulator {
        private static final long serialVersionUID = 1L;

        private final int outputs;
        private long rows;
        private long agreed;
        private double divergence;

        Sums(int outputs) {
            this.outputs = outputs;
        }

        @Override
        public void add(float[] given, float[] teacherOutputs, Labels labels) {
            double[] log = new double[outputs];
            double[] teacherLog = new double[outputs];
            for (int row = 0; row < labels.rows(); row++) {
                int from = row * outputs;
                Softmax.logOfRow(doubles(given, from), 0, outputs, 1, log);
                Softmax.logOfRow(doubles(teacherOutputs, from), 0, outputs, 1, teacherLog);
                for (int c = 0; c < outputs; c++) {
                    double probability = Math.exp(teacherLog[c]);
                    divergence += probability > 0 ? probability * (teacherLog[c] - log[c]) : 0;
                }
                agreed +=
                        Prediction.greatest(given, from, outputs) == Prediction.greatest(teacherOutputs, from, outputs)
                                ? 1
                                : 0;
            }
            rows += labels.rows();
        }

        private double[] doubles(float[] values, int from) {
            double[] row = new double[outputs];
            for (int c = 0; c < outputs; c++) {
                row[c] = values[from + c];
            }
            return row;
        }

        @Override
        public void add(Task.Accumulator other) {
            Sums that = (Sums) other;
            rows += that.rows;
            agreed += that.agreed;
            divergence += that.divergence;
        }

        double agreement() {
            return (double) agreed / rows;
        }

        @Override
        public Evaluation evaluation() {
            Map<String, Double> metrics = new TreeMap<>();
            metrics.put(AGREEMENT, agreement());
            metrics.put("teacher-divergence", divergence / rows);
            return new Evaluation(rows, metrics, List.of());
        }
    }
}
