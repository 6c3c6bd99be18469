package io.retort.evaluate;

import io.retort.data.Labels;
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
