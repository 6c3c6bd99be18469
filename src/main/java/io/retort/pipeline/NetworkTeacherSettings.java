package io.retort.pipeline;

import io.retort.config.Secrets;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.network.zoo.ArchitectureSettings;
import java.util.List;
import java.util.Optional;

/**
 * Kind {@code network}: a network that is trained here on the labels, or one that an earlier run left.
 *
 * @param from the directory of a saved network; then nothing is trained
 * @param architecture what is trained where {@code from} is not given
 * @param training the teacher's own budget
 * @param losses what it minimises
 * @param seed of its training
 */
public record NetworkTeacherSettings(
        Optional<String> from,
        Optional<ArchitectureSettings> architecture,
        TrainingSettings training,
        List<LossSettings> losses,
        long seed)
        implements TeacherSettings {
    public NetworkTeacherSettings {
        losses = List.copyOf(losses);
        if (from.isPresent() == architecture.isPresent()) {
            throw new IllegalArgumentException(
                    from.isPresent()
                            ? "from must not be set beside architecture; a saved network has its own"
                            : "architecture missing; name one to train a teacher, or set from to the directory of a saved network");
        }
        if (losses.isEmpty() || losses.stream().anyMatch(loss -> loss.source() != LossSettings.Source.LABELS)) {
            throw new IllegalArgumentException(
                    "losses must be losses of labels, such as [cross-entropy], was " + losses);
        }
    }

    @Override
    public String title() {
        return from.map(path -> "network " + Secrets.redacted(path)).orElse("network");
    }
}
