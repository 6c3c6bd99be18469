package io.retort.teacher;

import io.retort.data.ViewSettings;
import io.retort.label.TeacherModel.EmbeddingModel;
import io.retort.label.TeacherModel.FeatureModel;
import io.retort.predict.Model.ModelHandle;
import io.retort.teacher.PlannedTeacher.PlannedAsked;
import io.retort.teacher.PlannedTeacher.PlannedModel;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Kind {@code embedding}: a model whose vectors students learn.
 *
 * @param features that gives them
 */
public record EmbeddingTeacherSettings(FeatureSettings features) implements TeacherSettings {
    @Override
    public String title() {
        return "embeddings of " + features.title();
    }

    @Override
    public Map<String, SavedModel> saved(String path) {
        return features.saved(path + ".features");
    }

    @Override
    public List<ViewSettings> views() {
        return List.of();
    }

    @Override
    public Optional<String> withoutTaps() {
        return Optional.of("of the teacher its vectors alone are known");
    }

    @Override
    public boolean givesVectors() {
        return true;
    }

    @Override
    public PlannedTeacher plan(TeacherPlanning planning) {
        FeatureSettings.Planned planned = features.plan(planning);
        planning.requireVectors(planned.model().embedding().orElseThrow());
        return new PlannedAsked(
                planned.model(),
                title(),
                "",
                (workshop, probe) -> ready(workshop, planned.model(), planned.features(probe), probe.lines()));
    }

    private static TrainedTeacher ready(
            TeacherTrainer workshop, PlannedModel model, FeatureModel vectors, List<String> found) {
        ModelHandle handle = vectors.logits();
        return new TrainedTeacher(
                workshop.labeller(new EmbeddingModel(handle, vectors.width())),
                Optional.of(handle),
                Optional.empty(),
                handle.fingerprint(),
                List.of(new TrainedTeacher.Part(model.title(), handle, model.facts(), List.of(), found)));
    }
}
