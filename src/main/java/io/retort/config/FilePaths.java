package io.retort.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Where relative paths of a recipe begin. */
public interface FilePaths {
    /** Leaves paths as they are written. */
    FilePaths AS_WRITTEN = new FilePaths() {
        @Override
        public String ofRecipe(String key, String path) {
            return path;
        }

        @Override
        public String ofShell(String key, String path) {
            return path;
        }
    };

    /**
     * The absolute path for one that is written in the recipe or in a file that it includes.
     *
     * @param key that has it, such as {@code data.train.paths}
     */
    String ofRecipe(String key, String path);

    /** The absolute path for one of the command line, or one that begins with an environment variable. */
    String ofShell(String key, String path);

    /** Marks a component that names files, a String, {@code Optional<String>} or {@code List<String>}. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    @interface FilePath {
        /** Words that may stand there instead of a path. */
        String[] except() default {};
    }
}
