package io.retort.pipeline;

import io.retort.data.Schema;
import io.retort.data.View;
import io.retort.distill.SparkMasterTrainer;
import io.retort.distill.loss.TappedLoss;
import io.retort.engine.Tap;
import io.retort.network.InputScaling;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.zoo.ArchitectureSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the recipe makes of the data, as far as it can be told before anything is trained: so that what does not fit is found in seconds and not
 * after an hour.
 *
 * @param teacher what is trained; nothing where the teacher is a saved network
 * @param students by name
 */
public record Plan(Optional<Structure> teacher, Map<String, Structure> students) {
    /**
     * What a recipe makes of data of this schema.
     *
     * @throws IllegalArgumentException where something does not fit the data; the message says what
     */
    public static Plan of(Recipe recipe, Schema schema, InputScaling scaling) {
        NetworkTeacherSettings settings = (NetworkTeacherSettings) recipe.teacher();
        Optional<Structure> teacher = settings.architecture()
                .map(architecture -> fitting("teacher", () -> {
                    settings.training().views().views(recipe.data().viewSeed(), schema.shape());
                    return build(architecture, schema, scaling);
                }));
        Map<String, Structure> students = new LinkedHashMap<>();
        for (StudentSettings student : recipe.students()) {
            students.put(student.name(), fitting("student '" + student.name() + "'", () -> {
                student.tunings()
                        .forEach(tuning ->
                                tuning.training().views().views(recipe.data().viewSeed(), schema.shape()));
                return build(student.architecture(), schema, scaling);
            }));
        }
        Plan plan = new Plan(teacher, students);
        teacher.ifPresent(structure -> plan.taps(recipe, structure));
        fitting(
                "labels.codec",
                () -> recipe.labels().codec().codec().encode(new float[schema.classes()], schema.classes()));
        return plan;
    }

    /**
     * What each student needs of the teacher's taps, by the student's name.
     *
     * @throws IllegalArgumentException where a student names a tap that is not there, or shapes that cannot be aligned
     */
    public Map<String, List<Tap>> taps(Recipe recipe, Structure ofTeacher) {
        Map<String, List<Tap>> taps = new LinkedHashMap<>();
        for (StudentSettings student : recipe.students()) {
            List<Tap> ofStudent = fitting("student '" + student.name() + "'", "the teacher", () -> {
                Structure structure = students.get(student.name());
                return TappedLoss.of(student.losses(), ofTeacher.taps(), structure.taps()).stream()
                        .map(TappedLoss::teacher)
                        .distinct()
                        .toList();
            });
            if (!ofStudent.isEmpty() && recipe.trainer() instanceof SparkMasterTrainer.Settings) {
                throw new IllegalArgumentException("student '" + student.name()
                        + "' has losses of taps, which trainer dl4j does not train; use averaging");
            }
            taps.put(student.name(), ofStudent);
        }
        return taps;
    }

    /** The views that the teacher must label: those that some student that listens to it trains on. */
    public static List<View> taughtViews(Recipe recipe, Shape shape) {
        Map<String, View> views = new LinkedHashMap<>();
        for (StudentSettings student : recipe.students()) {
            for (StudentSettings.Tuning tuning : student.tunings()) {
                List<View> seen = tuning.isTaught()
                        ? tuning.training().views().views(recipe.data().viewSeed(), shape)
                        : List.of();
                seen.forEach(view -> views.putIfAbsent(view.fingerprint(), view));
            }
        }
        return List.copyOf(views.values());
    }

    private static Structure build(ArchitectureSettings architecture, Schema schema, InputScaling scaling) {
        return architecture.build(schema.shape(), schema.classes()).withScaling(scaling);
    }

    private static <T> T fitting(String where, Supplier<T> part) {
        return fitting(where, "the data", part);
    }

    private static <T> T fitting(String where, String what, Supplier<T> part) {
        try {
            return part.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + " does not fit " + what + ": " + e.getMessage(), e);
        }
    }
}
