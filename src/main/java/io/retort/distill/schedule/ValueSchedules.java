package io.retort.distill.schedule;

import io.retort.config.Catalogue;
import io.retort.config.Kind;

/** The kinds of courses, sorted by name. */
public final class ValueSchedules {
    public static final Catalogue<ValueSchedule> CATALOGUE = Catalogue.of(
            "courses",
            ValueSchedule.class,
            new Kind<>("constant", ConstantCourse.class, "the value stays; the same as a plain number", ""),
            new Kind<>("cosine", CosineCourse.class, "half a cosine from one value to another", ""),
            new Kind<>("linear", LinearCourse.class, "a straight line from one value to another", ""),
            new Kind<>(
                    "warm-up",
                    WarmUpCourse.class,
                    "a straight line over the beginning of the training, then the end's value",
                    ""));

    private ValueSchedules() {}
}
