package io.retort.teacher;

import io.retort.network.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A teacher as its recipe and the data determine it, before anything is trained. Titles of its networks and models are
 * unique.
 */
public interface PlannedTeacher {
    /** All networks that are trained or read for it, in that order. */
    List<PlannedNetwork> networks();

    /** The models from elsewhere that it is made of. */
    default List<PlannedModel> models() {
        return List.of();
    }

    /** The titles of those networks and models that are asked for each row in the end. */
    List<String> labellers();

    /** The network that is the whole teacher, where a student may begin; nothing where there is no such network. */
    Optional<PlannedNetwork> network();

    /** The shape of each node that students' losses may compare; none where it has no taps. */
    Map<String, Shape> taps();

    /** Whether labels of training rows are needed to make it. */
    default boolean learnsFromLabels() {
        return networks().stream().anyMatch(network -> network.training().isPresent());
    }

    /** Why it labels rows only as they are, and in no other view, to follow "for"; nothing where it labels any view. */
    default Optional<String> plainOnly() {
        return Optional.empty();
    }

    /** Trains what is to be trained. */
    TrainedTeacher make(TeacherTrainer workshop);
}
