package io.retort.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import io.retort.config.ConfigException.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The sources of a configuration: a HOCON file, over it the command line's overrides, under it {@code reference.conf}.
 *
 * <p>Substitutions look into the environment last. Java's system properties are never looked at.
 *
 * @param name of the file, relative or absolute; messages use it as it is
 * @param text the content, where it does not stand in that file
 * @param overrides each {@code key=value}, the key a path (of an element of a list too, see {@link Overrides}), the
 *     value a plain text or, beginning with one of <code>[ { " $</code>, HOCON; a later one wins over an earlier one
 * @param environment where {@code ${?NAME}} is looked for when no key has that name
 * @param reference the defaults
 * @param includable directories from which files may be included, besides that of the file
 */
public record ConfigSource(
        String name,
        Optional<String> text,
        List<String> overrides,
        Map<String, String> environment,
        Reference reference,
        List<String> includable) {
    public ConfigSource {
        includable = List.copyOf(includable);
        overrides = List.copyOf(overrides);
        environment = Map.copyOf(environment);
    }

    /** A file with Retort's own defaults. */
    public static ConfigSource file(String name) {
        return new ConfigSource(name, Optional.empty(), List.of(), Map.of(), Reference.builtIn(), List.of());
    }

    /** A text with Retort's own defaults, as if it were the content of a file of that name. */
    public static ConfigSource text(String name, String hocon) {
        return new ConfigSource(name, Optional.of(hocon), List.of(), Map.of(), Reference.builtIn(), List.of());
    }

    public ConfigSource overriddenBy(List<String> keysAndValues) {
        return new ConfigSource(name, text, keysAndValues, environment, reference, includable);
    }

    public ConfigSource withEnvironment(Map<String, String> variables) {
        return new ConfigSource(name, text, overrides, variables, reference, includable);
    }

    public ConfigSource withReference(Reference defaults) {
        return new ConfigSource(name, text, overrides, environment, defaults, includable);
    }

    /** Allows to include files from directories beside that of the file. */
    public ConfigSource including(List<String> directories) {
        return new ConfigSource(name, text, overrides, environment, reference, directories);
    }

    /**
     * The position of a value, in a configuration that can be read; of the enclosing object, if the value is absent.
     *
     * @param path such as {@code students[0].compress[1].ratio}
     */
    public Problem.Position position(String path) {
        return load().position(path);
    }

    /**
     * Whether the file or the command line holds something at a path, rather than only the built-in defaults.
     *
     * @param path such as {@code students[0].baseline-losses}
     */
    public boolean holds(String path) {
        return load().written(path).isPresent();
    }

    /** Everything read, merged and resolved; or, thrown, all that is wrong with its syntax. */
    Loaded load() {
        List<Problem> problems = new ArrayList<>();
        Config file = new HoconReader(includable, problems).read(name, text);
        Config recipe = file.withFallback(reference.config());
        Config commandLine = Overrides.parse(overrides, given -> resolvable(given.withFallback(recipe)), problems);
        Config merged = commandLine.withFallback(recipe);
        Optional<Config> resolved =
                problems.isEmpty() ? Substitutions.resolve(name, merged, environment, problems) : Optional.empty();
        if (resolved.isPresent()) {
            Loaded loaded = new Loaded(name, file.root(), resolved.get().root(), layers(recipe));
            Secrets.refuseElsewhere(merged, loaded, environment, problems);
            if (problems.isEmpty()) {
                return loaded;
            }
        }
        throw new ConfigException(problems);
    }

    /** A configuration resolved, where it can be. */
    private Optional<ConfigObject> resolvable(Config config) {
        return Substitutions.resolve(name, config, environment, new ArrayList<>())
                .map(Config::root);
    }

    /** The layers under the command line, and under the file. */
    private List<ConfigObject> layers(Config recipe) {
        return Stream.of(recipe, reference.config())
                .flatMap(layer -> resolvable(layer).stream())
                .toList();
    }
}
