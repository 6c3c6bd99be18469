package io.retort.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The kinds of one seam, sorted by name.
 *
 * <p>Where a record has a component of type {@code base}, a recipe writes {@code { kind = name, settings ... }}, or
 * only the name.
 */
public final class Catalogue<S> {
    private final String title;
    private final Class<S> base;
    private final List<Kind<S>> kinds;

    private Catalogue(String title, Class<S> base, List<Kind<S>> kinds) {
        this.title = title;
        this.base = base;
        this.kinds = kinds;
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("catalogue '" + title + "' is empty");
        }
        for (int i = 1; i < kinds.size(); i++) {
            String before = kinds.get(i - 1).name();
            String name = kinds.get(i).name();
            if (before.compareTo(name) >= 0) {
                throw new IllegalArgumentException("the kinds of catalogue '" + title
                        + "' must be sorted by name and each there once, but '" + name + "' follows '" + before + "'");
            }
        }
        if (kinds.stream().map(Kind::settings).distinct().count() < kinds.size()) {
            throw new IllegalArgumentException("two kinds of catalogue '" + title + "' share one settings record");
        }
        for (Kind<S> kind : kinds) {
            if (settings(kind).stream().anyMatch(setting -> setting.name().equals("kind"))) {
                throw new IllegalArgumentException(
                        "kind '" + kind.name() + "' of catalogue '" + title + "' has a setting named 'kind'");
            }
        }
    }

    /**
     * A catalogue of the kinds in the order given, which must be that of their names.
     *
     * @param title the plural noun under which {@code reference.conf} keeps their defaults, such as {@code losses}
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is copied and never written to
    public static <S> Catalogue<S> of(String title, Class<S> base, Kind<S>... kinds) {
        return new Catalogue<>(title, base, List.of(kinds));
    }

    public String title() {
        return title;
    }

    public Class<S> base() {
        return base;
    }

    public List<Kind<S>> kinds() {
        return kinds;
    }

    public List<String> names() {
        return kinds.stream().map(Kind::name).toList();
    }

    public Optional<Kind<S>> find(String name) {
        return kinds.stream().filter(kind -> kind.name().equals(name)).findFirst();
    }

    /** The kind that a plain number stands for, where the base has one. */
    Optional<Kind<S>> plainNumber() {
        return Optional.ofNullable(base.getAnnotation(PlainNumber.class))
                .map(number -> find(number.value()).orElseThrow());
    }

    /** The kind whose settings these are. */
    public Kind<S> kindOf(Object settings) {
        return kinds.stream()
                .filter(kind -> kind.settings() == settings.getClass())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        settings.getClass().getName() + " is no kind of catalogue '" + title + "'"));
    }

    /** The settings of a kind in the order of its record. */
    public List<Setting> settings(Kind<?> kind) {
        List<Setting> settings = new ArrayList<>();
        for (RecordComponent component : kind.settings().getRecordComponents()) {
            settings.add(new Setting(Names.kebab(component.getName()), Types.allowed(component.getGenericType())));
        }
        return List.copyOf(settings);
    }

    static Optional<Catalogue<?>> withBase(List<Catalogue<?>> catalogues, Class<?> type) {
        return catalogues.stream().filter(catalogue -> catalogue.base == type).findFirst();
    }

    static List<Catalogue<?>> checked(Catalogue<?>... catalogues) {
        List<Catalogue<?>> all = List.copyOf(Arrays.asList(catalogues));
        if (all.stream().map(Catalogue::title).distinct().count() < all.size()
                || all.stream().map(Catalogue::base).distinct().count() < all.size()) {
            throw new IllegalArgumentException("two catalogues have the same title or the same base: "
                    + all.stream().map(Catalogue::title).toList());
        }
        return all;
    }

    /**
     * One setting of a kind, as a list of kinds shows it.
     *
     * @param name the key, in kebab-case
     * @param allowed what may be written, such as {@code a whole number}
     */
    public record Setting(String name, String allowed) {}

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
                throw new IllegalArgumentException(
                        "the settings of kind '" + name + "' must be a record, was " + settings);
            }
        }
    }

    /** On the base of a catalogue: a plain number stands for one of its kinds, as its only setting. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.TYPE)
    public @interface PlainNumber {
        /** The name of the kind. */
        String value();
    }
}
