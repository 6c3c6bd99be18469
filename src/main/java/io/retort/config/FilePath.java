package io.retort.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a component of a settings record, of type String, {@code Optional<String>} or {@code List<String>}, that names files; see {@link FilePaths}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface FilePath {
    /** Words that may stand there instead of a path. */
    String[] except() default {};
}
