package io.retort.evaluate;

import io.retort.data.Labels;
import io.retort.engine.Softmax;
import java.util.Map;
import java.util.TreeMap;

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
        double[] log = logs(given, from);
        double[] teacherLog = logs(taught, from);
        double divergence = 0;
        for (int c = 0; c < outputs; c++) {
            double probability = Math.exp(teacherLog[c]);
            divergence += probability > 0 ? probability * (teacherLog[c] - log[c]) : 0;
        }
        boolean agree = Prediction.greatest(given, from, outputs) == Prediction.greatest(taught, from, outputs);
        return new double[] {agree ? 1 : 0, divergence};
    }

    /** Of the softmax of a row. */
    private double[] logs(float[] values, int from) {
        double[] row = new double[outputs];
        for (int c = 0; c < outputs; c++) {
            row[c] = values[from + c];
        }
        double[] logs = new double[outputs];
        Softmax.logOfRow(row, 0, outputs, 1, logs);
        return logs;
    }

    @Override
    public Map<String, Double> metrics(double[] means) {
        return new TreeMap<>(Map.of(AGREEMENT, means[0], "teacher-divergence", means[1]));
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
