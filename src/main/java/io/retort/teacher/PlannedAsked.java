package io.retort.teacher;

import io.retort.network.Shape;
import io.retort.predict.ProbeReport;
import io.retort.storage.ArtifactException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * A teacher that is one model from elsewhere without taps.
 *
 * @param what it is, for messages
 * @param reason why it labels rows only as they are, to follow "for"; empty where it labels any view
 * @param ready what becomes of it once a probe has found nothing wrong
 */
record PlannedAsked(
        PlannedModel model, String what, String reason, BiFunction<TeacherTrainer, ProbeReport, TrainedTeacher> ready)
        implements PlannedTeacher {
    @Override
    public List<PlannedNetwork> networks() {
        return List.of();
    }

    @Override
    public List<PlannedModel> models() {
        return List.of(model);
    }

    @Override
    public List<String> labellers() {
        return List.of(model.title());
    }

    @Override
    public Optional<PlannedNetwork> network() {
        return Optional.empty();
    }

    @Override
    public Map<String, Shape> taps() {
        return Map.of();
    }

    @Override
    public Optional<String> plainOnly() {
        return Optional.of(reason).filter(text -> !text.isEmpty());
    }

    @Override
    public TrainedTeacher make(TeacherTrainer workshop) {
        ProbeReport found = workshop.probe(model);
        found.refusal().ifPresent(message -> {
            throw new ArtifactException(model.title() + ", " + what + ": " + message);
        });
        return ready.apply(workshop, found);
    }
}
