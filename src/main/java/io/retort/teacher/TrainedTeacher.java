package io.retort.teacher;

import io.retort.label.Labeller;
import io.retort.network.Network;
import io.retort.predict.Model.ModelFacts;
import io.retort.predict.Model.ModelHandle;
import io.retort.report.CurveSection;
import java.util.List;
import java.util.Optional;

/**
 * A teacher that can be asked.
 *
 * @param labeller how its soft labels are made
 * @param model what executors open; nothing of a teacher that is no such model
 * @param network where a student may begin; nothing where the teacher is not one network of ours
 * @param fingerprint of its parameters, for people; labels are stored under that of the labeller
 * @param parts the models that are asked for each row, one after the other
 */
public record TrainedTeacher(
        Labeller labeller,
        Optional<ModelHandle> model,
        Optional<Network> network,
        String fingerprint,
        List<Part> parts) {
    public TrainedTeacher {
        parts = List.copyOf(parts);
    }

    /**
     * A model of a teacher.
     *
     * @param curves of its training, where it was trained here
     * @param probe what was found before it labelled, for people, where it was made elsewhere
     */
    public record Part(
            String title, ModelHandle model, ModelFacts facts, List<CurveSection> curves, List<String> probe) {}
}
