package io.retort.pipeline;

import io.retort.config.Catalogue;
import io.retort.config.Kind;

/** The kinds of teachers, sorted by name. */
public final class Teachers {
    public static final Catalogue<TeacherSettings> CATALOGUE = Catalogue.of(
            "teachers",
            TeacherSettings.class,
            new Kind<>(
                    "network",
                    NetworkTeacherSettings.class,
                    "a network that is trained here, or one that an earlier run left",
                    ""));

    private Teachers() {}
}
