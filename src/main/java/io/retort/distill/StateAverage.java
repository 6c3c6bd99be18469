package io.retort.distill;

import io.retort.engine.dl4j.TrainingState;
import java.util.Comparator;
import java.util.List;

/**
 * The mean of the replicas' states, weighted by the samples that each really saw; parameters (BatchNorm's running statistics among them)
 * and the updater's state alike. The iteration count is the greatest.
 *
 * <p>Sums are in double precision and in the order of the replicas, so that the mean of the same states has the same bits.
 */
public final class StateAverage {
    private StateAverage() {}

    public static TrainingState of(List<RoundResult> results) {
        List<RoundResult> trained = results.stream()
                .filter(result -> result.samples() > 0)
                .sorted(Comparator.comparingInt(RoundResult::replica))
                .toList();
        if (trained.isEmpty()) {
            throw new IllegalArgumentException("no replica trained on any sample, so there is nothing to average");
        }
        double total = trained.stream().mapToLong(RoundResult::samples).sum();
        TrainingState first = trained.get(0).state();
        if (trained.size() == 1) {
            return first;
        }
        double[] parameters = new double[first.parameters().length];
        double[] updaterState = new double[first.updaterState().length];
        long iteration = 0;
        for (RoundResult result : trained) {
            double weight = result.samples() / total;
            add(result.state().parameters(), weight, parameters);
            add(result.state().updaterState(), weight, updaterState);
            iteration = Math.max(iteration, result.state().iteration());
        }
        return new TrainingState(toFloat(parameters), toFloat(updaterState), iteration);
    }

    private static void add(float[] values, double weight, double[] sums) {
        if (values.length != sums.length) {
            throw new IllegalArgumentException(
                    "a replica's state has " + values.length + " values, the others have " + sums.length);
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] += weight * values[i];
        }
    }

    private static float[] toFloat(double[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = (float) values[i];
        }
        return rounded;
    }
}
