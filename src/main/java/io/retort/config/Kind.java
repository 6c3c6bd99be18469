package io.retort.config;

import java.util.regex.Pattern;

/**
 * One entry of a catalogue.
 *
 * @param name what a recipe writes as {@code kind}, in kebab-case
 * @param settings the record that holds its settings
 * @param summary what it does, in one line
 * @param source the paper or document that defines it
 */
public record Kind<S>(String name, Class<? extends S> settings, String summary, String source) {
    private static final Pattern KEBAB_CASE = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

    public Kind {
        if (!KEBAB_CASE.matcher(name).matches()) {
            throw new IllegalArgumentException("the name of a kind must be in kebab-case, was '" + name + "'");
        }
        if (!settings.isRecord()) {
            throw new IllegalArgumentException("the settings of kind '" + name + "' must be a record, was " + settings);
        }
    }
}
