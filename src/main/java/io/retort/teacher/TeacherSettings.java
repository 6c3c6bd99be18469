package io.retort.teacher;

import io.retort.data.ViewSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of one kind of teacher in a recipe. */
public interface TeacherSettings {
    /** What the report calls it. */
    String title();

    /** The saved models that it is made of. */
    default List<SavedModel> saved() {
        return List.copyOf(saved("teacher").values());
    }

    /**
     * The same, each by the key that names it, such as {@code teacher.members[1].from}.
     *
     * @param path of this teacher in the recipe, such as {@code teacher}
     */
    Map<String, SavedModel> saved(String path);

    /** The augmentations that its networks are trained with. */
    List<ViewSettings> views();

    /**
     * What it will be. Saved models are read, and nothing is trained.
     *
     * @throws IllegalArgumentException where it does not fit the data; the message says what
     */
    PlannedTeacher plan(TeacherPlanning planning);

    /** Whether it gives vectors, and no scores nor numbers that labels are. */
    default boolean givesVectors() {
        return false;
    }

    /** Why no student can learn from its taps, to follow "for"; nothing where one can. */
    default Optional<String> withoutTaps() {
        return Optional.empty();
    }
}
