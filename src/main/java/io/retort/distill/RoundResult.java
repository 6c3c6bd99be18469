package io.retort.distill;

import io.retort.engine.dl4j.TrainingState;
import java.io.Serializable;

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
    boolean diverged() {
        return !Double.isFinite(lastLoss);
    }
}
