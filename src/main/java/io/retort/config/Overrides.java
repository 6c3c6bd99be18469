package io.retort.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.retort.config.Problem.Position;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What {@code -D key=value} on the command line says.
 *
 * <p>A key is a path such as {@code data.train.limit}; an element of a list is named by its place or, where it has a {@code name}, by that:
 * {@code students[0].training.epochs}, {@code students[small].training.epochs}.
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
     * @param resolved gives the whole recipe under some overrides, in which lists can be looked into; nothing where it cannot be resolved
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

    /** Whether the command line says something. */
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
}
