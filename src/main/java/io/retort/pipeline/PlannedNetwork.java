package io.retort.pipeline;

import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.network.Structure;
import java.util.List;
import java.util.Optional;

/**
 * A network that a teacher is made of, before anything is trained.
 *
 * @param title what progress, manifest and report call it
 * @param training how it comes about; nothing of a network that is saved already
 */
public record PlannedNetwork(String title, Structure structure, Optional<Training> training) {
    /**
     * How a network of a teacher is trained.
     *
     * @param losses what it minimises
     * @param taughtBy titles of the networks whose soft labels it learns from; none of one that learns from the labels alone
     */
    public record Training(TrainingSettings settings, List<LossSettings> losses, long seed, List<String> taughtBy) {
        public Training {
            losses = List.copyOf(losses);
            taughtBy = List.copyOf(taughtBy);
        }
    }
}
