package io.retort.pipeline;

import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.network.zoo.ArchitectureSettings;
import io.retort.storage.PathName;
import java.util.List;

/**
 * A student of a recipe. Each of the recipe's seeds gives one, and one baseline beside it.
 *
 * @param training the budget, for the student and for its baseline
 * @param losses what the student minimises
 * @param baselineLosses what the baseline minimises: the same network and budget, without the teacher
 */
public record StudentSettings(
        String name,
        ArchitectureSettings architecture,
        TrainingSettings training,
        List<LossSettings> losses,
        List<LossSettings> baselineLosses) {
    public StudentSettings {
        losses = List.copyOf(losses);
        baselineLosses = List.copyOf(baselineLosses);
        PathName.require("name", name);
        if (losses.isEmpty()) {
            throw new IllegalArgumentException("losses must not be empty; without a loss there is nothing to learn");
        }
        if (losses.stream().noneMatch(loss -> loss.pairs().isEmpty())) {
            throw new IllegalArgumentException(
                    "losses must have one over logits; those of taps alone do not train the last layer");
        }
        if (baselineLosses.stream().anyMatch(loss -> loss.source() != LossSettings.Source.LABELS)) {
            throw new IllegalArgumentException(
                    "baseline-losses must not need the teacher; a baseline shows what is reached without one");
        }
    }
}
