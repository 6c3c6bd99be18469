package io.retort.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.retort.config.Binder.SingleValue;
import io.retort.config.Catalogue.Kind;
import io.retort.config.ConfigException.Problem;
import io.retort.config.ConfigException.Problem.Position;
import io.retort.config.ConfigLookup.Written;
import io.retort.config.FilePaths.FilePath;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One binding of one configuration. A value that cannot be had is empty here, and its reason is among the problems. */
final class Binding {
    private static final String DEFAULTS = "defaults";
    private static final String KIND = "kind";

    private final List<Catalogue<?>> catalogues;
    private final Map<String, Function<String, Optional<String>>> guards;
    private final FilePaths paths;
    private final Loaded loaded;
    private final Written defaults;
    private final Uses uses;
    // A default that is wrong is wrong for each element that uses it, but is one problem.
    private final Set<Problem> problems = new LinkedHashSet<>();

    /** @param guards by the path of a map, why a key must not stand in a file */
    Binding(
            List<Catalogue<?>> catalogues,
            Map<String, Function<String, Optional<String>>> guards,
            FilePaths paths,
            Loaded loaded) {
        this.catalogues = catalogues;
        this.guards = guards;
        this.paths = paths;
        this.loaded = loaded;
        ConfigValue written = loaded.root().get(DEFAULTS);
        this.defaults =
                new Written(DEFAULTS, written == null ? ConfigFactory.empty().root() : written);
        this.uses = new Uses(catalogues.stream().map(Catalogue::title).collect(Collectors.toSet()));
    }

    <T extends Record> T bind(Class<T> type) {
        Written root = new Written("", loaded.root().withoutKey(DEFAULTS));
        ConfigLookup whole = new ConfigLookup("", List.of(root), new Position(loaded.name(), 1));
        Optional<Object> bound = record(type, whole, "", List.of(DEFAULTS));
        new DefaultsCheck(catalogues, this).check(type, defaults);
        if (problems.isEmpty()) { // a value that was given up on has taken nothing
            uses.refuseOthers(List.of(root, defaults), loaded::isWrittenThere, this::refuse);
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems());
        }
        return type.cast(bound.orElseThrow());
    }

    List<Problem> problems() {
        return List.copyOf(problems);
    }

    private Optional<Object> value(Type type, ConfigLookup sought) {
        Class<?> raw = Types.raw(type);
        if (raw == Optional.class) {
            return sought.isAbsent()
                    ? Optional.of(Optional.empty())
                    : value(Types.argument(type, 0), withDefaults(Types.argument(type, 0), sought))
                            .map(Optional::of);
        }
        Optional<Catalogue<?>> catalogue = Catalogue.withBase(catalogues, raw);
        if (catalogue.isEmpty() && raw.isRecord() && sought.written().isEmpty()) {
            return record(
                    // Each of its components may have a default, or is reported as missing.
                    raw, sought, "", List.of());
        } else if (sought.isAbsent()) {
            String allowed = catalogue.map(Binding::kinds).orElse(Types.allowed(type));
            return refuse(sought, "missing; add " + sought.key() + ", " + allowed);
        } else if (catalogue.isPresent()) {
            return kind(catalogue.get(), sought);
        } else if (raw.isRecord()) {
            return sought.objects().written().isEmpty()
                    ? wrongType(type, sought)
                    : record(raw, sought.objects(), "", List.of());
        } else if (raw == List.class) {
            return list(type, sought);
        } else if (Types.isMapOfTexts(type)) {
            return texts(type, sought);
        } else if (Types.isScalar(raw)) {
            uses.take(sought.path(), sought.first().value());
            Optional<Object> scalar = Types.scalar(raw, sought.first().value());
            return scalar.isPresent() ? scalar : wrongType(type, sought);
        }
        throw new IllegalArgumentException("a component of type " + type + " at " + sought.path()
                + " cannot be bound; see Binder for the types that can");
    }

    /** Defaults of a section that may be absent stand where those of lists' elements do. */
    private ConfigLookup withDefaults(Type type, ConfigLookup sought) {
        Optional<Written> section =
                Types.raw(type).isRecord() ? defaults.child(sought.key()) : Optional.<Written>empty();
        section.ifPresent(any -> uses.fill(sought.key()));
        return sought.with(
                Stream.concat(sought.written().stream(), section.stream()).toList());
    }

    private Optional<Object> record(Class<?> type, ConfigLookup sought, String owner, List<String> furtherKeys) {
        RecordComponent[] components = type.getRecordComponents();
        List<String> keys = Types.keys(type);
        Set<String> meant = new LinkedHashSet<>();
        List<String> known = new ArrayList<>(furtherKeys);
        known.addAll(keys);
        sought.written().forEach(one -> meant.addAll(refuseUnknownKeys(one, known, owner)));
        List<ConfigLookup> children =
                keys.stream().map(key -> sought.child(key, loaded)).toList();
        List<Optional<Object>> arguments = new ArrayList<>();
        for (int i = 0; i < components.length; i++) {
            ConfigLookup child = children.get(i);
            // A key that is there but misspelt is not missing as well.
            boolean misspelt = child.written().isEmpty() && meant.contains(keys.get(i));
            arguments.add(misspelt ? Optional.empty() : component(components[i], child));
        }
        if (arguments.stream().allMatch(Optional::isPresent)) {
            return construct(type, arguments, sought, children);
        }
        refuseConstruction(type, arguments, sought, children);
        return Optional.empty();
    }

    private Optional<Object> component(RecordComponent component, ConfigLookup sought) {
        SingleValue single = component.getAnnotation(SingleValue.class);
        if (single != null && !sought.isAbsent() && sought.first().value().valueType() == ConfigValueType.LIST) {
            return refuse(
                    sought,
                    "must be " + Types.allowed(component.getGenericType()) + ", was a list; " + single.insteadOfList());
        }
        Optional<Object> bound = value(component.getGenericType(), sought);
        FilePath names = component.getAnnotation(FilePath.class);
        return names == null || sought.isAbsent() ? bound : bound.map(value -> absolute(value, names, sought));
    }

    /** The value of a component that names files, with absolute paths for relative ones. */
    private Object absolute(Object bound, FilePath names, ConfigLookup sought) {
        if (bound instanceof Optional<?> optional) {
            return optional.map(value -> absolute(value, names, sought));
        } else if (bound instanceof List<?> list) {
            ConfigList written = (ConfigList) sought.first().value();
            return IntStream.range(0, list.size())
                    .mapToObj(i -> absolute((String) list.get(i), names, sought.path(), written.get(i)))
                    .toList();
        }
        return absolute((String) bound, names, sought.path(), sought.first().value());
    }

    private String absolute(String path, FilePath names, String key, ConfigValue written) {
        if (path.isBlank() || List.of(names.except()).contains(path)) {
            return path;
        }
        return Loaded.isOfShell(written.origin()) ? paths.ofShell(key, path) : paths.ofRecipe(key, path);
    }

    /** The known keys that those who wrote unknown ones will have meant. */
    List<String> refuseUnknownKeys(Written object, List<String> known, String owner) {
        List<String> meant = new ArrayList<>();
        for (Map.Entry<String, ConfigValue> entry : ((ConfigObject) object.value()).entrySet()) {
            // A surplus key of reference.conf is for its own test: the user did not write it.
            if (known.contains(entry.getKey())
                    || Reference.holds(entry.getValue().origin())) {
                continue;
            }
            Optional<String> nearest = Names.nearest(entry.getKey(), known);
            nearest.ifPresent(meant::add);
            String remedy = nearest.map(name -> "did you mean '" + name + "'?")
                    .orElse(known.isEmpty() ? "there are none" : "allowed are " + String.join(", ", known));
            Written written = object.child(entry.getKey()).orElseThrow();
            refuse(written, "unknown key" + owner + "; " + remedy);
        }
        return meant;
    }

    private Optional<Object> construct(
            Class<?> type, List<Optional<Object>> arguments, ConfigLookup sought, List<ConfigLookup> children) {
        try {
            Object settings = Types.constructor(type)
                    .newInstance(arguments.stream().map(Optional::orElseThrow).toArray());
            PartlyIdle.of(settings)
                    .forEach((key, reason) ->
                            uses.idle(sought.path().isEmpty() ? key : sought.path() + "." + key, reason));
            return Optional.of(settings);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException) {
                refuseConstruction(type, arguments, sought, children);
                return Optional.empty();
            }
            throw new IllegalStateException(type.getName() + " failed at " + sought.path(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type.getName() + " cannot be constructed", e);
        }
    }

    private void refuseConstruction(
            Class<?> type, List<Optional<Object>> arguments, ConfigLookup sought, List<ConfigLookup> children) {
        for (SettingException refusal : new PartialValidation(type, arguments).problems()) {
            int component = Types.keys(type).indexOf(refusal.key());
            if (component < 0) {
                refuse(sought, refusal.getMessage());
            } else {
                refuse(children.get(component), refusal.problem());
            }
        }
    }

    Optional<Object> kind(Catalogue<?> catalogue, ConfigLookup sought) {
        Optional<Object> number = catalogue
                .plainNumber()
                .flatMap(any -> Types.scalar(double.class, sought.first().value()));
        if (number.isPresent()) {
            uses.take(sought.path(), sought.first().value());
            Class<?> settings = catalogue.plainNumber().orElseThrow().settings();
            return construct(settings, List.of(number), sought, List.of(sought));
        }
        Optional<Written> chosen = sought.written().stream()
                .flatMap(one -> Stream.concat(kindOf(one).stream(), kindBeneath(one).stream()))
                .findFirst();
        ConfigValueType type = sought.first().value().valueType();
        if (type != ConfigValueType.STRING && type != ConfigValueType.OBJECT) {
            return refuse(sought, "must be " + kinds(catalogue) + ", was " + found(sought.first()));
        } else if (chosen.isEmpty()) {
            return refuse(sought, "kind is missing; add kind, " + kinds(catalogue));
        }
        ConfigValue name = chosen.get().value();
        Optional<? extends Kind<?>> kind =
                name.valueType() == ConfigValueType.STRING ? catalogue.find(Types.text(name)) : Optional.empty();
        if (kind.isEmpty()) {
            String nearest = Names.nearest(String.valueOf(name.unwrapped()), catalogue.names())
                    .map(near -> "did you mean '" + near + "'? ")
                    .orElse("");
            return refuse(
                    sought.with(List.of(chosen.get())),
                    "unknown kind " + found(chosen.get()) + "; " + nearest + catalogue.title() + " can be "
                            + (catalogue.plainNumber().isPresent() ? "a number, " : "")
                            + String.join(", ", catalogue.names()));
        }
        List<Written> settings = settings(kind.get().name(), sought);
        defaults.child(catalogue.title())
                .flatMap(all -> all.child(kind.get().name()))
                .ifPresent(settings::add);
        uses.fill(catalogue.title(), kind.get().name());
        sought.written().stream()
                .flatMap(one -> kindOf(one).stream())
                .filter(same -> same.value().unwrapped().equals(kind.get().name()))
                .forEach(same -> uses.take(sought.path(), same.value()));
        String owner = " for kind '" + kind.get().name() + "'";
        return record(kind.get().settings(), sought.with(settings), owner, List.of(KIND));
    }

    /** The objects that hold settings of the kind: none from a default for another kind on. */
    private static List<Written> settings(String kind, ConfigLookup sought) {
        List<Written> settings = new ArrayList<>();
        for (Written one : sought.objects().written()) {
            if (kindOf(one)
                    .filter(other -> !other.value().unwrapped().equals(kind))
                    .isPresent()) {
                break;
            }
            settings.add(one);
        }
        return settings;
    }

    private static Optional<Written> kindOf(Written one) {
        return one.value().valueType() == ConfigValueType.STRING ? Optional.of(one) : one.child(KIND);
    }

    /** The kind in a layer under an object without one: in the recipe, or in reference.conf. */
    private Optional<Written> kindBeneath(Written one) {
        return one.value().valueType() != ConfigValueType.OBJECT || kindOf(one).isPresent()
                ? Optional.empty()
                : loaded.beneath(one.path())
                        .flatMap(value -> kindOf(new Written(one.path(), value)).stream())
                        .findFirst();
    }

    private Optional<Object> list(Type type, ConfigLookup sought) {
        if (sought.first().value().valueType() != ConfigValueType.LIST) {
            return wrongType(type, sought);
        }
        Type element = Types.argument(type, 0);
        uses.take(sought.path(), sought.first().value());
        boolean hasDefaults = Types.raw(element).isRecord();
        List<ConfigLookup> elements =
                sought.elements(hasDefaults ? defaults.child(sought.key()) : Optional.empty(), loaded);
        if (hasDefaults && !elements.isEmpty()) {
            uses.fill(sought.key());
        }
        List<Object> values = new ArrayList<>();
        elements.forEach(one -> value(element, one).ifPresent(values::add));
        return values.size() == elements.size() ? Optional.of(List.copyOf(values)) : Optional.empty();
    }

    private Optional<Object> texts(Type type, ConfigLookup sought) {
        List<Written> objects = sought.objects().written();
        if (objects.isEmpty()) {
            return wrongType(type, sought);
        }
        objects.forEach(object -> uses.takeAll(sought.path(), (ConfigObject) object.value()));
        Function<String, Optional<String>> guard = guards.getOrDefault(sought.path(), key -> Optional.empty());
        return new TextMap(guard, this::refuse).of(objects).map(texts -> texts);
    }

    private Optional<Object> wrongType(Type type, ConfigLookup sought) {
        Written first = sought.first();
        boolean single = first.value().valueType() != ConfigValueType.OBJECT
                && first.value().valueType() != ConfigValueType.LIST;
        String allowed = single && Types.isTooLarge(Types.raw(type), first.value())
                ? Types.range(Types.raw(type))
                : Types.allowed(type);
        return refuse(sought, "must be " + allowed + ", was " + found(first));
    }

    static String found(Written written) {
        String source = Loaded.source(written.value().origin());
        String from = source.startsWith(Substitutions.ENVIRONMENT) ? " from " + source : "";
        return Secrets.redacted(written.path(), Types.found(written.value())) + from;
    }

    private static String kinds(Catalogue<?> catalogue) {
        String number = catalogue.plainNumber().isPresent() ? "a number, or " : "";
        return number + "one of the kinds " + String.join(", ", catalogue.names());
    }

    private Optional<Object> refuse(ConfigLookup sought, String message) {
        boolean byDefault = sought.written().isEmpty()
                || Reference.holds(sought.first().value().origin());
        String path = byDefault ? sought.path() : sought.first().path();
        problems.add(new Problem(sought.position(loaded), path, message));
        return Optional.empty();
    }

    void refuse(Written written, String message) {
        problems.add(new Problem(loaded.position(written.value(), written.path()), written.path(), message));
    }
}
