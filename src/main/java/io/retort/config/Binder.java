package io.retort.config;

import io.retort.config.ConfigException.Problem;
import io.retort.config.ConfigException.Problem.Position;
import io.retort.config.FilePaths.FilePath;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Binds configurations to records.
 *
 * <p>The component {@code learningRate} is bound to the key {@code learning-rate}. A component may be an int, a long, a
 * double, a String, an enum (its constants in kebab-case), a {@link java.time.Duration}, an Optional, a List, a
 * {@code Map<String, String>} (nested objects become dotted keys), a record, or the base of a catalogue. Only an
 * Optional may be absent without a default.
 *
 * <p>Records check their values in their constructors: a {@link SettingException} is a problem of the component with
 * its key, any other IllegalArgumentException one of the object.
 */
public final class Binder {
    private final List<Catalogue<?>> catalogues;
    private final Map<String, Function<String, Optional<String>>> guards;

    private final FilePaths paths;

    private Binder(
            List<Catalogue<?>> catalogues, Map<String, Function<String, Optional<String>>> guards, FilePaths paths) {
        this.catalogues = catalogues;
        this.guards = guards;
        this.paths = paths;
    }

    public static Binder with(Catalogue<?>... catalogues) {
        return new Binder(Catalogue.checked(catalogues), Map.of(), FilePaths.AS_WRITTEN);
    }

    /**
     * Refuses some keys of a {@code Map<String, String>} in a file; the command line, whose author is the user, stays
     * free.
     *
     * @param path of the map
     * @param refusal why a key must not stand in a file, if it must not
     */
    public Binder guarding(String path, Function<String, Optional<String>> refusal) {
        Map<String, Function<String, Optional<String>>> more = new HashMap<>(guards);
        more.put(path, refusal);
        return new Binder(catalogues, Map.copyOf(more), paths);
    }

    /** Resolves relative paths in components that are {@link FilePath}s. */
    public Binder resolving(FilePaths relative) {
        return new Binder(catalogues, guards, relative);
    }

    /**
     * The whole configuration as a record.
     *
     * @throws ConfigException with all that is wrong
     */
    public <T extends Record> T bind(ConfigSource source, Class<T> record) {
        try {
            return new Binding(catalogues, guards, paths, source.load()).bind(record);
        } catch (StackOverflowError e) {
            throw new ConfigException(List.of(new Problem(new Position(source.name(), 0), "", "is nested too deeply")));
        }
    }

    /** On a component of settings that others expect to be a list: what to do instead of writing one. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    public @interface SingleValue {
        /** Follows the message that a list was found. */
        String insteadOfList();
    }
}
