package io.retort.config;

import com.typesafe.config.ConfigObject;
import io.retort.config.Catalogue.Kind;
import io.retort.config.ConfigLookup.Written;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The keys of the {@code defaults} section: names of lists of records and of sections that may be absent, and titles of
 * catalogues with their kinds.
 */
final class DefaultsCheck {
    private final List<Catalogue<?>> catalogues;
    private final Binding binding;
    private final Map<String, Class<?>> lists = new TreeMap<>();
    private final Set<Type> visited = new HashSet<>();

    DefaultsCheck(List<Catalogue<?>> catalogues, Binding binding) {
        this.catalogues = catalogues;
        this.binding = binding;
    }

    void check(Class<?> root, Written defaults) {
        visit("", root);
        if (object(defaults).isEmpty()) {
            return;
        }
        List<String> known = new ArrayList<>(lists.keySet());
        catalogues.forEach(catalogue -> known.add(catalogue.title()));
        binding.refuseUnknownKeys(defaults, known, "");
        for (Catalogue<?> catalogue : catalogues) {
            defaults.child(catalogue.title()).flatMap(this::object).ifPresent(kinds -> check(catalogue, kinds));
        }
        lists.forEach((key, record) -> defaults.child(key)
                .flatMap(this::object)
                .ifPresent(element -> binding.refuseUnknownKeys(element, Types.keys(record), "")));
    }

    private void check(Catalogue<?> catalogue, Written section) {
        binding.refuseUnknownKeys(section, catalogue.names(), "");
        for (Kind<?> kind : catalogue.kinds()) {
            section.child(kind.name())
                    .flatMap(this::object)
                    .ifPresent(settings -> binding.refuseUnknownKeys(
                            settings, Types.keys(kind.settings()), " for kind '" + kind.name() + "'"));
        }
    }

    private Optional<Written> object(Written written) {
        if (written.value() instanceof ConfigObject) {
            return Optional.of(written);
        }
        binding.refuse(written, "must be an object { ... }, was " + Binding.found(written));
        return Optional.empty();
    }

    /** Collects the lists of records, and the records that may be absent, that a type reaches, by key. */
    private void visit(String key, Type type) {
        Class<?> raw = Types.raw(type);
        if ((raw == List.class || raw == Optional.class)
                && Types.raw(Types.argument(type, 0)).isRecord()) {
            lists.put(key, Types.raw(Types.argument(type, 0)));
        }
        if (type instanceof ParameterizedType generic) {
            for (Type argument : generic.getActualTypeArguments()) {
                visit(key, argument);
            }
        } else if (visited.add(type)) {
            if (raw.isRecord()) {
                for (RecordComponent component : raw.getRecordComponents()) {
                    visit(Names.kebab(component.getName()), component.getGenericType());
                }
            }
            Catalogue.withBase(catalogues, raw)
                    .ifPresent(catalogue -> catalogue.kinds().forEach(kind -> visit(key, kind.settings())));
        }
    }
}
