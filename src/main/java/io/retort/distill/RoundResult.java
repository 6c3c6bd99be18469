package io.retort.distill;

import io.retort.engine.dl4j.TrainingState;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * What one replica brings back from a round.
 *
 * @param samples that it really trained on
 * @param lossSum the sum of the losses of those samples
 * @param lastLoss of the last batch; not finite where the replica stopped because it diverged
 * @param state empty where it trained on nothing or diverged
 */
public record RoundResult(int replica, long samples, double lossSum, double lastLoss, TrainingState state)
        implements Serializable {
    /** What several replicas bring back together, as if they were one: their mean, and the loss of the first that diverged. */
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
                diverged.isEmpty() && trained ? StateAverage.of(results) : first.state());
    }

    boolean diverged() {
        return !Double.isFinite(lastLoss);
    }
}
