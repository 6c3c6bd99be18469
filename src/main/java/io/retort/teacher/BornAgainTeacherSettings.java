package io.retort.teacher;

import io.retort.config.SettingException;
import io.retort.data.ViewSettings;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.network.Shape;
import io.retort.network.zoo.Architecture;
import io.retort.teacher.PlannedTeacher.PlannedNetwork;
import io.retort.teacher.TeacherTrainer.Trained;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Kind {@code born-again}: a network that learned from one like it, which learned from one like it, and so on.
 *
 * <p>Generation 0 is trained on the labels alone; generation g, of the same architecture and budget but from another
 * start, on what generation g − 1 says as well; the last one is the teacher (Furlanello, Lipton, Tschannen, Itti,
 * Anandkumar 2018, section 3, arXiv:1805.04770). Generation g has the seed {@code seed + g}, so generation 0 is the
 * teacher of kind {@code network} with the same settings.
 *
 * @param generations how many there are after generation 0
 * @param training the budget of each generation
 * @param firstLosses what generation 0 minimises
 * @param losses what each later one minimises, over logits
 */
public record BornAgainTeacherSettings(
        Architecture architecture,
        int generations,
        TrainingSettings training,
        List<LossSettings> firstLosses,
        List<LossSettings> losses,
        long seed)
        implements TeacherSettings {
    public BornAgainTeacherSettings {
        firstLosses = List.copyOf(firstLosses);
        losses = List.copyOf(losses);
        if (generations < 1) {
            throw new SettingException(
                    "generations",
                    "must be at least 1, was " + generations
                            + "; a teacher of kind network is what generation 0 alone would be");
        }
        NetworkTeacherSettings.requireLossesOfLabels("first-losses", firstLosses);
        if (losses.stream().noneMatch(loss -> loss.source() == LossSettings.Source.TEACHER)) {
            throw new SettingException(
                    "losses",
                    "must have one of the generation before, such as [cross-entropy, soft-target], was " + losses);
        }
        if (losses.stream().anyMatch(loss -> !loss.pairs().isEmpty())) {
            throw new SettingException(
                    "losses", "must be losses of logits, for generations do not learn from taps, was " + losses);
        }
    }

    @Override
    public String title() {
        return "born-again network, generation " + generations;
    }

    @Override
    public Map<String, SavedModel> saved(String path) {
        return Map.of();
    }

    @Override
    public List<ViewSettings> views() {
        return List.of(training.views());
    }

    @Override
    public PlannedTeacher plan(TeacherPlanning planning) {
        List<PlannedNetwork> networks = new ArrayList<>();
        List<String> before = List.of();
        for (int g = 0; g <= generations; g++) {
            TeacherPlanning ofGeneration = planning.part("generation " + g, "generations");
            PlannedNetwork.Training how =
                    new PlannedNetwork.Training(training, g == 0 ? firstLosses : losses, seed + g, before);
            networks.add(ofGeneration.trained(architecture, how));
            before = List.of(ofGeneration.title());
        }
        return new Planned(List.copyOf(networks));
    }

    private record Planned(List<PlannedNetwork> networks) implements PlannedTeacher {
        private PlannedNetwork last() {
            return networks.get(networks.size() - 1);
        }

        @Override
        public List<String> labellers() {
            return List.of(last().title());
        }

        @Override
        public Optional<PlannedNetwork> network() {
            return Optional.of(last());
        }

        @Override
        public Map<String, Shape> taps() {
            return last().structure().taps();
        }

        @Override
        public TrainedTeacher make(TeacherTrainer workshop) {
            PlannedNetwork first = networks.get(0);
            TrainedTeacher teacher = workshop.ready(first.title(), workshop.train(first));
            for (PlannedNetwork next : networks.subList(1, networks.size())) {
                Trained taught = workshop.distil(next, teacher);
                teacher = workshop.ready(next.title(), taught);
            }
            return teacher;
        }
    }
}
