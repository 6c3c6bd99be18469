package io.retort.pipeline;

import io.retort.distill.SparkTrainerSettings;
import io.retort.evaluate.EvaluationSettings;
import io.retort.softlabel.LabellingSettings;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The configuration of one run. Defaults and the meaning of each key: {@code reference.conf}.
 *
 * @param name of the run's directory
 * @param seeds one student and one baseline are trained for each
 * @param spark settings that Spark gets as they are
 */
public record Recipe(
        String name,
        DataSettings data,
        TeacherSettings teacher,
        LabellingSettings labels,
        SparkTrainerSettings trainer,
        List<StudentSettings> students,
        List<Long> seeds,
        EvaluationSettings evaluation,
        Map<String, String> spark) {
    public Recipe {
        requireName("name", name);
        students = List.copyOf(students);
        seeds = List.copyOf(seeds);
        spark = Map.copyOf(spark);
        if (seeds.isEmpty()) {
            throw new IllegalArgumentException("seeds must name at least one seed, such as [1]");
        }
        if (new HashSet<>(seeds).size() < seeds.size()) {
            throw new IllegalArgumentException("seeds must differ, was " + seeds);
        }
        Set<String> names = new HashSet<>();
        for (StudentSettings student : students) {
            if (!names.add(student.name())) {
                throw new IllegalArgumentException(
                        "students must have different names, two are named '" + student.name() + "'");
            }
        }
    }

    /** A name becomes part of a path, so it must not be able to leave its directory. */
    static void requireName(String key, String name) {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")) {
            throw new IllegalArgumentException(
                    key + " must be 1 to 100 letters, digits, '.', '_' or '-', beginning with a letter or digit, was '"
                            + name + "'");
        }
    }
}
