package io.retort.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException.UnresolvedSubstitution;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.retort.config.Problem.Position;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Resolves <code>${key}</code> and <code>${?ENVIRONMENT_VARIABLE}</code>. */
final class Substitutions {
    /** Begins the origin of a value that came from the environment. */
    static final String ENVIRONMENT = "environment variable ";

    private static final Pattern UNDEFINED = Pattern.compile("substitution to a value: \\$\\{([^}]+)}");

    private static final String UNDEFINED_HINT = "is defined neither in the recipe nor in the environment;"
            + " define it, or write ${?NAME} where it may be absent";

    private Substitutions() {}

    static Config resolve(Config config, Map<String, String> environment, List<Problem> problems) {
        Map<String, String> known = new HashMap<>(environment);
        while (true) {
            try {
                return config.resolve(
                        ConfigResolveOptions.noSystem().appendResolver(new Environment(Map.copyOf(known))));
            } catch (UnresolvedSubstitution e) {
                Matcher undefined = UNDEFINED.matcher(e.getMessage());
                if (!undefined.find()) {
                    problems.add(Loaded.problem(e, ""));
                    return ConfigFactory.empty();
                }
                String name = undefined.group(1);
                Position position = Loaded.position(e.origin());
                Problem problem = new Problem(position, "", "${" + name + "} " + UNDEFINED_HINT.replace("NAME", name));
                if (known.put(name, "") != null) {
                    problems.remove(problem);
                    problems.add(new Problem(position, "", "${" + name + "} is defined by way of itself"));
                    return ConfigFactory.empty();
                }
                problems.add(problem); // And go on, to find the others.
            } catch (com.typesafe.config.ConfigException e) {
                problems.add(Loaded.problem(e, ""));
                return ConfigFactory.empty();
            } catch (StackOverflowError e) {
                problems.add(new Problem(new Position(Loaded.source(config.origin()), 0), "", "is nested too deeply"));
                return ConfigFactory.empty();
            }
        }
    }

    private record Environment(Map<String, String> variables) implements ConfigResolver {
        @Override
        public ConfigValue lookup(String path) {
            String value = variables.get(path);
            return value == null ? null : ConfigValueFactory.fromAnyRef(value, ENVIRONMENT + path);
        }

        @Override
        public ConfigResolver withFallback(ConfigResolver fallback) {
            return this;
        }
    }
}
