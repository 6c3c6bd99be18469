package io.retort.pipeline;

/** The settings of one kind of teacher in a recipe. */
public interface TeacherSettings {
    /** What the report calls it. */
    String title();
}
