package io.retort.teacher;

import io.retort.config.Names;
import io.retort.config.SettingException;
import io.retort.data.LabelColumns;
import io.retort.data.Target;
import io.retort.data.ViewSettings;
import io.retort.label.EnsembleModel;
import io.retort.label.EnsembleModel.Average;
import io.retort.label.Labeller;
import io.retort.predict.Model.ModelHandle;
import io.retort.teacher.PlannedTeacher.PlannedModel;
import io.retort.teacher.PlannedTeacher.PlannedNetwork;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Kind {@code ensemble}: several teachers whose answers are averaged, see {@link EnsembleModel}.
 *
 * @param members at least two teachers, all different; networks of one architecture that differ in their seeds are the
 *     usual ensemble
 * @param average what is averaged; nothing is assumed, for the two differ
 * @param weights one for each member; none where all count the same
 */
public record EnsembleTeacherSettings(List<TeacherSettings> members, Average average, List<Double> weights)
        implements TeacherSettings {
    public EnsembleTeacherSettings {
        members = List.copyOf(members);
        weights = List.copyOf(weights);
        if (members.size() < 2) {
            throw new SettingException("members", "must be at least two teachers, was " + members.size());
        }
        for (int i = 0; i < members.size(); i++) {
            int first = members.indexOf(members.get(i));
            if (first < i) {
                throw new SettingException(
                        "members",
                        "must differ, but the elements " + first + " and " + i
                                + " are the same teacher; give each a seed of its own");
            }
        }
        if (!weights.isEmpty() && weights.size() != members.size()) {
            throw new SettingException(
                    "weights", "must be none, or one for each of the " + members.size() + " members, was " + weights);
        }
        if (!weights.stream().allMatch(weight -> weight > 0 && weight < Double.POSITIVE_INFINITY)) {
            throw new SettingException("weights", "must be finite and > 0, was " + weights);
        }
    }

    @Override
    public String title() {
        return "ensemble of " + members.size() + ", mean of " + average.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Map<String, SavedModel> saved(String path) {
        Map<String, SavedModel> saved = new LinkedHashMap<>();
        for (int i = 0; i < members.size(); i++) {
            saved.putAll(members.get(i).saved(path + ".members[" + i + "]"));
        }
        return saved;
    }

    @Override
    public List<ViewSettings> views() {
        return members.stream().flatMap(member -> member.views().stream()).toList();
    }

    @Override
    public Optional<String> withoutTaps() {
        return Optional.of("the teacher is an ensemble, whose members have layers of their own;"
                + " use losses of logits, or one network as the teacher");
    }

    @Override
    public PlannedTeacher plan(TeacherPlanning planning) {
        Target target = planning.schema().target();
        if (average == Average.PROBABILITIES && target.kind() != LabelColumns.Kind.CLASS) {
            throw new RecipeMismatchException(new RecipeMismatchException.Misfit(
                    planning.path() + ".average",
                    "must be logits (the mean of the outputs), for the data has target = " + Names.kebab(target.kind())
                            + ", whose outputs are no distribution over classes"));
        }
        List<PlannedTeacher> planned = IntStream.range(0, members.size())
                .mapToObj(i -> members.get(i).plan(planning.part("member " + (i + 1), "members[" + i + "]")))
                .toList();
        return new Planned(planned, weights.isEmpty() ? Collections.nCopies(members.size(), 1.0) : weights, average);
    }

    private record Planned(List<PlannedTeacher> members, List<Double> weights, Average average)
            implements PlannedTeacher {
        @Override
        public List<PlannedNetwork> networks() {
            return members.stream()
                    .flatMap(member -> member.networks().stream())
                    .toList();
        }

        @Override
        public List<PlannedModel> models() {
            return members.stream().flatMap(member -> member.models().stream()).toList();
        }

        @Override
        public List<String> labellers() {
            return members.stream()
                    .flatMap(member -> member.labellers().stream())
                    .toList();
        }

        @Override
        public boolean learnsFromLabels() {
            return members.stream().anyMatch(PlannedTeacher::learnsFromLabels);
        }

        @Override
        public Optional<String> plainOnly() {
            return members.stream()
                    .flatMap(member -> member.plainOnly().stream())
                    .findFirst();
        }

        @Override
        public TrainedTeacher make(TeacherTrainer workshop) {
            List<TrainedTeacher> ready = workshop.sideBySide(members.stream()
                    .<Supplier<TrainedTeacher>>map(member -> () -> member.make(workshop))
                    .toList());
            List<TrainedTeacher.Part> parts =
                    ready.stream().flatMap(member -> member.parts().stream()).toList();
            if (ready.stream().anyMatch(member -> member.model().isEmpty())) {
                Labeller labeller = workshop.average(
                        ready.stream().map(TrainedTeacher::labeller).toList(), weights, average);
                return new TrainedTeacher(labeller, Optional.empty(), Optional.empty(), labeller.fingerprint(), parts);
            }
            ModelHandle model = new EnsembleModel.Handle(
                    ready.stream().flatMap(member -> member.model().stream()).toList(), weights, average);
            return new TrainedTeacher(
                    workshop.labeller(() -> model), Optional.of(model), Optional.empty(), model.fingerprint(), parts);
        }
    }
}
