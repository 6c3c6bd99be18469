package io.retort.config;

import io.retort.config.Problem.Position;
import java.util.List;

/**
 * Binds configurations to records.
 *
 * <p>The component {@code learningRate} is bound to the key {@code learning-rate}. A component may be an int, a long, a double, a
 * String, an enum (its constants in kebab-case), a {@link java.time.Duration}, an Optional, a List, a {@code Map<String, String>} (nested
 * objects become dotted keys), a record, or the base of a catalogue. Only an Optional may be absent without a default.
 *
 * <p>Records check their values in their constructors: an IllegalArgumentException is a problem of the object, or of the component whose
 * name its message begins with.
 */
public final class Binder {
    private final List<Catalogue<?>> catalogues;

    private Binder(List<Catalogue<?>> catalogues) {
        this.catalogues = catalogues;
    }

    public static Binder with(Catalogue<?>... catalogues) {
        return new Binder(Catalogue.checked(catalogues));
    }

    /**
     * The whole configuration as a record.
     *
     * @throws ConfigException with all that is wrong
     */
    public <T extends Record> T bind(ConfigSource source, Class<T> record) {
        try {
            return new Binding(catalogues, source.load()).bind(record);
        } catch (StackOverflowError e) {
            throw new ConfigException(List.of(new Problem(new Position(source.name(), 0), "", "is nested too deeply")));
        }
    }
}
