package io.retort.config;

/**
 * One setting of a kind, as a list of kinds shows it.
 *
 * @param name the key, in kebab-case
 * @param allowed what may be written, such as {@code a whole number}
 */
public record Setting(String name, String allowed) {}
