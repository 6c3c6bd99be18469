package io.retort.search;

import io.retort.recipe.Recipe;
import java.util.List;

/** The recipe of a search, which can be read again with other values at some keys of its student. */
@FunctionalInterface
public interface Template {
    /**
     * The recipe with these values.
     *
     * @param overrides as on the command line, such as {@code students[0].training.batch-size=64}
     * @throws io.retort.config.ConfigException where it is none
     */
    Recipe with(List<String> overrides);
}
