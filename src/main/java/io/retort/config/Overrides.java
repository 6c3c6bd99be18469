package io.retort.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.retort.config.ConfigException.Problem;
import io.retort.config.ConfigException.Problem.Position;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Overrides of the command line, each {@code -D key=value}.
 *
 * <p>A key is a path such as {@code data.train.limit}; an element of a list is named by its place or, where it has a
 * {@code name}, by that: {@code students[0].training.epochs}, {@code students[small].training.epochs}.
 */
final class Overrides {
    static final String ORIGIN = "command line -D ";

    private final Function<Config, Optional<ConfigObject>> resolved;
    private final List<Problem> problems;
    private Config all = ConfigFactory.empty();

    private Overrides(Function<Config, Optional<ConfigObject>> resolved, List<Problem> problems) {
        this.resolved = resolved;
        this.problems = problems;
    }

    /**
     * All overrides as one configuration, a later one over an earlier one.
     *
     * @param resolved gives the whole recipe under some overrides, in which lists can be looked into; nothing where it
     *     cannot be resolved
     */
    static Config parse(
            List<String> overrides, Function<Config, Optional<ConfigObject>> resolved, List<Problem> problems) {
        Overrides parsed = new Overrides(resolved, problems);
        overrides.forEach(parsed::add);
        return parsed.all;
    }

    private void add(String override) {
        int equals = override.indexOf('=');
        String key = equals < 0 ? override : override.substring(0, equals).strip();
        String shown = equals < 0 ? override : key + "=" + Secrets.redacted(key, override.substring(equals + 1));
        String origin = ORIGIN + shown;
        if (equals < 0) {
            refuse(origin, "must be key=value");
            return;
        }
        try {
            ConfigValue value = value(override.substring(equals + 1), origin);
            Config one = ListPath.isIn(key) ? inList(key, value, origin) : plain(key, value, origin);
            all = one.withFallback(all);
        } catch (com.typesafe.config.ConfigException.BadPath e) {
            refuse(origin, noPath(key));
        } catch (com.typesafe.config.ConfigException e) {
            problems.add(Loaded.problem(e, origin));
        } catch (IllegalArgumentException e) {
            refuse(origin, e.getMessage());
        }
    }

    private static Config plain(String key, ConfigValue value, String origin) {
        List<String> path = ConfigUtil.splitPath(key);
        if (path.stream().anyMatch(step -> step.matches("\\d+"))) {
            throw new IllegalArgumentException(noPath(key));
        }
        return ConfigFactory.empty(origin).withValue(ConfigUtil.joinPath(path), value);
    }

    /** The whole list with one element changed: so that what refers to the list sees the change too. */
    private Config inList(String key, ConfigValue value, String origin) {
        ListPath path = ListPath.parse(key);
        Optional<ConfigObject> recipe = problems.isEmpty() ? resolved.apply(all) : Optional.empty();
        return recipe.map(root -> ConfigFactory.empty(origin)
                        .withValue(ConfigUtil.joinPath(path.list()), path.changed(root, value)))
                .orElseGet(ConfigFactory::empty); // why it cannot be resolved is found out again
    }

    private void refuse(String origin, String message) {
        problems.add(new Problem(new Position(origin, 0), "", message));
    }

    private static String noPath(String key) {
        return "'" + key + "' is no path of keys; an element of a list is named by its place or its name, as in"
                + " students[0].training.epochs or students[small].training.epochs";
    }

    /** Whether a value comes from the command line. */
    static boolean holds(ConfigOrigin origin) {
        return Loaded.source(origin).startsWith(ORIGIN);
    }

    private static ConfigValue value(String text, String origin) {
        if (text.equals("null")) {
            return ConfigValueFactory.fromAnyRef(null, origin);
        } else if (text.isEmpty() || "[{\"$".indexOf(text.charAt(0)) < 0) {
            return ConfigValueFactory.fromAnyRef(text, origin);
        }
        ConfigParseOptions options =
                ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF).setOriginDescription(origin);
        return ConfigFactory.parseString("value = " + text, options).root().get("value");
    }

    /**
     * A path that leads into lists, such as {@code students[small].losses[0].temperature}.
     *
     * @param list the keys before the first element
     * @param steps what follows: elements in brackets, and keys
     */
    record ListPath(List<String> list, List<String> steps) {
        private static final Pattern ELEMENT = Pattern.compile("\\[([^\\[\\]]+)]");
        private static final Pattern PART = Pattern.compile("([^\\[\\]]*)((?:\\[[^\\[\\]]+])+)\\.?|([^\\[\\]]+)$");

        static boolean isIn(String key) {
            return key.indexOf('[') >= 0 && !key.startsWith("\"");
        }

        /** @throws com.typesafe.config.ConfigException.BadPath where it is none */
        static ListPath parse(String key) {
            List<String> steps = new ArrayList<>();
            Matcher part = PART.matcher(key);
            int end = 0;
            while (end < key.length() && part.find(end) && part.start() == end) {
                String keys = part.group(3) == null ? part.group(1) : part.group(3);
                steps.addAll(ConfigUtil.splitPath(keys));
                if (part.group(2) != null) {
                    ELEMENT.matcher(part.group(2)).results().forEach(element -> steps.add(element.group()));
                }
                end = part.end();
            }
            if (end < key.length() || key.endsWith(".")) {
                throw new com.typesafe.config.ConfigException.BadPath(key, "no path into a list");
            }
            int first = IntStream.range(0, steps.size())
                    .filter(i -> steps.get(i).startsWith("["))
                    .findFirst()
                    .orElseThrow();
            return new ListPath(List.copyOf(steps.subList(0, first)), List.copyOf(steps.subList(first, steps.size())));
        }

        /**
         * The list of a recipe with one value in it changed.
         *
         * @throws IllegalArgumentException where an element is not there; the message names those that are
         */
        ConfigValue changed(ConfigObject root, ConfigValue value) {
            Optional<ConfigValue> found = Optional.of(root);
            for (String key : list) {
                found = found.flatMap(at ->
                        at instanceof ConfigObject object ? Optional.ofNullable(object.get(key)) : Optional.empty());
            }
            return changed(found, String.join(".", list), 0, value);
        }

        private ConfigValue changed(Optional<ConfigValue> old, String reached, int step, ConfigValue value) {
            if (step == steps.size()) {
                return value instanceof ConfigObject && old.isPresent() ? value.withFallback(old.get()) : value;
            }
            String next = steps.get(step);
            if (!next.startsWith("[")) {
                Map<String, Object> entries = new LinkedHashMap<>();
                old.filter(ConfigObject.class::isInstance)
                        .map(ConfigObject.class::cast)
                        .ifPresent(entries::putAll);
                Optional<ConfigValue> inner = Optional.ofNullable((ConfigValue) entries.get(next));
                entries.put(next, changed(inner, reached + "." + next, step + 1, value));
                return ConfigValueFactory.fromMap(entries)
                        .withOrigin(old.filter(ConfigObject.class::isInstance)
                                .map(ConfigValue::origin)
                                .orElse(value.origin()));
            }
            if (!(old.orElse(null) instanceof ConfigList elements)) {
                throw new IllegalArgumentException(reached + " is no list in the recipe; give it whole");
            }
            int index = index(elements, next.substring(1, next.length() - 1), reached);
            List<ConfigValue> changed = new ArrayList<>(elements);
            String at = reached + "[" + index + "]";
            changed.set(index, changed(Optional.of(elements.get(index)), at, step + 1, value));
            return ConfigValueFactory.fromIterable(changed).withOrigin(elements.origin());
        }

        private static int index(ConfigList elements, String wanted, String reached) {
            List<String> names = elements.stream().map(ListPath::name).toList();
            int named = names.indexOf(wanted);
            if (named >= 0) {
                return named;
            } else if (wanted.matches("\\d{1,9}") && Integer.parseInt(wanted) < elements.size()) {
                return Integer.parseInt(wanted);
            }
            String nearest = Names.nearest(
                            wanted,
                            names.stream().filter(name -> !name.isEmpty()).toList())
                    .map(name -> "did you mean " + reached + "[" + name + "]? ")
                    .orElse("");
            List<String> there = IntStream.range(0, names.size())
                    .mapToObj(i -> reached + "[" + (names.get(i).isEmpty() ? i : names.get(i)) + "]")
                    .toList();
            throw new IllegalArgumentException(reached + "[" + wanted + "] is not there; " + nearest
                    + (there.isEmpty() ? reached + " is empty" : "there are " + String.join(", ", there)));
        }

        /** The name of an element; empty where it has none. */
        private static String name(ConfigValue element) {
            return element instanceof ConfigObject object && object.containsKey("name")
                    ? String.valueOf(object.get("name").unwrapped())
                    : "";
        }
    }
}
