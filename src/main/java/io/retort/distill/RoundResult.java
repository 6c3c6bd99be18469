package io.retort.distill;

import io.retort.engine.TrainableNetwork.TrainingState;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The result of one replica in a round.
 *
 * @param samples that it trained on
 * @param lossSum the sum of the losses of those samples
 * @param lastLoss of the last batch; not finite where the replica stopped because it diverged
 * @param state empty where it trained on nothing or diverged
 */
public record RoundResult(int replica, long samples, double lossSum, double lastLoss, TrainingState state)
        implements Serializable {
    /**
     * The results of several replicas as one: their mean, and the loss of the first that
     * diverged.
     */
    static RoundResult merged(List<RoundResult> results) {
        Optional<RoundResult> diverged =
                results.stream().filter(RoundResult::diverged).findFirst();
        boolean trained = results.stream().anyMatch(result -> result.samples() > 0);
        RoundResult first = results.get(0);
        return new RoundResult(
                first.replica(),
                results.stream().mapToLong(RoundResult::samples).sum(),
                results.stream().mapToDouble(RoundResult::lossSum).sum(),
                diverged.orElse(first).lastLoss(),
                diverged.isEmpty() && trained ? mean(results) : first.state());
    }

    boolean diverged() {
        return !Double.isFinite(lastLoss);
    }

    /**
     * The mean of the replicas' states, weighted by the samples that each of them trained on; parameters (BatchNorm's
     * running statistics among them) and the updater's state alike. The iteration count is the greatest.
     *
     * <p>Sums are in double precision and in the order of the replicas, so that the mean of the same states has the
     * same bits.
     */
    public static TrainingState mean(List<RoundResult> results) {
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
