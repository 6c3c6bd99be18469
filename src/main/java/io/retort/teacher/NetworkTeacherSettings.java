package io.retort.teacher;

import io.retort.config.FilePaths.FilePath;
import io.retort.config.PartlyIdle;
import io.retort.config.Secrets;
import io.retort.config.SettingException;
import io.retort.data.ViewSettings;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.zoo.Architecture;
import io.retort.teacher.PlannedTeacher.PlannedNetwork;
import io.retort.teacher.TeacherTrainer.Trained;
import java.util.List;
import java.util.Map;
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
        @FilePath Optional<String> from,
        Optional<Architecture> architecture,
        TrainingSettings training,
        List<LossSettings> losses,
        long seed)
        implements TeacherSettings, PartlyIdle {
    public NetworkTeacherSettings {
        losses = List.copyOf(losses);
        if (from.isPresent() && architecture.isPresent()) {
            throw new SettingException("from", "must not be set beside architecture; a saved network has its own");
        }
        if (from.isEmpty() && architecture.isEmpty()) {
            throw new SettingException(
                    "architecture",
                    "missing; name one to train a teacher, or set from to the directory of a saved network");
        }
        requireLossesOfLabels("losses", losses);
    }

    /** Refuses losses that a network which is trained alone cannot have. */
    static void requireLossesOfLabels(String key, List<LossSettings> losses) {
        if (losses.isEmpty() || losses.stream().anyMatch(loss -> loss.source() != LossSettings.Source.LABELS)) {
            throw new SettingException(key, "must be losses of labels, such as [cross-entropy], was " + losses);
        }
    }

    /** What is saved is not trained. */
    @Override
    public Map<String, String> idle() {
        String reason = "from names a network that is trained already";
        return from.isPresent() ? Map.of("training", reason, "losses", reason, "seed", reason) : Map.of();
    }

    @Override
    public String title() {
        return from.map(path -> "network " + Secrets.redacted(path)).orElse("network");
    }

    @Override
    public Map<String, SavedModel> saved(String path) {
        return from.<Map<String, SavedModel>>map(directory -> Map.of(path + ".from", new SavedNetwork(directory)))
                .orElseGet(Map::of);
    }

    @Override
    public List<ViewSettings> views() {
        return from.isPresent() ? List.of() : List.of(training.views());
    }

    @Override
    public PlannedTeacher plan(TeacherPlanning planning) {
        return from.map(planning::saved)
                .map(saved -> new Planned(
                        new PlannedNetwork(planning.title(), saved.structure(), Optional.empty()), Optional.of(saved)))
                .orElseGet(() -> new Planned(
                        planning.trained(
                                architecture.orElseThrow(),
                                new PlannedNetwork.Training(training, losses, seed, List.of())),
                        Optional.empty()));
    }

    private record Planned(PlannedNetwork only, Optional<Network> saved) implements PlannedTeacher {
        @Override
        public List<PlannedNetwork> networks() {
            return List.of(only);
        }

        @Override
        public List<String> labellers() {
            return List.of(only.title());
        }

        @Override
        public Optional<PlannedNetwork> network() {
            return Optional.of(only);
        }

        @Override
        public Map<String, Shape> taps() {
            return only.structure().taps();
        }

        @Override
        public TrainedTeacher make(TeacherTrainer workshop) {
            return workshop.ready(only.title(), saved.map(Trained::before).orElseGet(() -> workshop.train(only)));
        }
    }
}
