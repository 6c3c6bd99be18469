package io.retort.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.retort.config.Problem.Position;
import java.util.List;

/** What {@code -D key=value} on the command line says. */
final class Overrides {
    static final String ORIGIN = "command line -D ";

    private Overrides() {}

    static Config parse(List<String> overrides, List<Problem> problems) {
        Config all = ConfigFactory.empty();
        for (String override : overrides) {
            int equals = override.indexOf('=');
            String key = equals < 0 ? override : override.substring(0, equals).strip();
            String shown = equals < 0 ? override : key + "=" + Secrets.redacted(key, override.substring(equals + 1));
            String origin = ORIGIN + shown;
            if (equals < 0) {
                problems.add(new Problem(new Position(origin, 0), "", "must be key=value"));
                continue;
            }
            try {
                List<String> path = ConfigUtil.splitPath(key);
                if (path.stream().anyMatch(step -> step.matches("\\d+"))) {
                    problems.add(noPath(origin, key));
                    continue;
                }
                ConfigValue value = value(override.substring(equals + 1), origin);
                all = ConfigFactory.empty(origin)
                        .withValue(ConfigUtil.joinPath(path), value)
                        .withFallback(all);
            } catch (com.typesafe.config.ConfigException.BadPath e) {
                problems.add(noPath(origin, key));
            } catch (com.typesafe.config.ConfigException e) {
                problems.add(Loaded.problem(e, origin));
            }
        }
        return all;
    }

    private static Problem noPath(String origin, String key) {
        return new Problem(
                new Position(origin, 0),
                "",
                "'" + key
                        + "' is no path of keys; elements of a list cannot be overridden singly, give the whole list or edit a copy of the recipe");
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
