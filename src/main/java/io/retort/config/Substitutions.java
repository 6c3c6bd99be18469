package io.retort.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException.NotResolved;
import com.typesafe.config.ConfigException.UnresolvedSubstitution;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigResolver;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.retort.config.ConfigException.Problem;
import io.retort.config.ConfigException.Problem.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Resolves <code>${key}</code> and <code>${?ENVIRONMENT_VARIABLE}</code>. */
final class Substitutions {
    /** Begins the origin of a value that came from the environment. */
    static final String ENVIRONMENT = "environment variable ";

    private static final Pattern UNDEFINED = Pattern.compile("substitution to a value: \\$\\{([^}]+)}");

    private static final String UNDEFINED_HINT = "is defined neither in the recipe nor in the environment;"
            + " define it, or write ${?NAME} where it may be absent";

    private static final long MAX_CHARACTERS = 16L << 20;

    private Substitutions() {}

    /**
     * The configuration with its values; nothing where one of its substitutions cannot be resolved, or where all of
     * them would expand beyond a bound.
     *
     * @param name of the user's file
     */
    static Optional<Config> resolve(
            String name, Config config, Map<String, String> environment, List<Problem> problems) {
        if (Expansion.characters(config, environment) > MAX_CHARACTERS) {
            problems.add(new Problem(
                    new Position(name, 0),
                    "",
                    "its substitutions would expand to more than " + MAX_CHARACTERS
                            + " characters; write less of ${...}"));
            return Optional.empty();
        }
        Config resolved = resolve(config, environment, problems);
        return problems.isEmpty() ? Optional.of(resolved) : Optional.empty();
    }

    private static Config resolve(Config config, Map<String, String> environment, List<Problem> problems) {
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

    /**
     * How large a configuration becomes when its substitutions are resolved, at most. A few lines, each twice the one
     * before, would otherwise fill any memory: {@code b = ${a}${a}, c = ${b}${b} ...}.
     */
    private static final class Expansion {
        private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{\\??([^}]+)}");
        private static final ConfigRenderOptions CONCISE = ConfigRenderOptions.concise();

        private final TreeMap<String, String> texts = new TreeMap<>();
        private final Map<String, String> environment;
        private final Map<String, Long> sizes = new HashMap<>();
        private final Set<String> open = new HashSet<>();

        private Expansion(Map<String, String> environment) {
            this.environment = environment;
        }

        /** Characters of all values after resolving, an upper bound. */
        static long characters(Config config, Map<String, String> environment) {
            Expansion expansion = new Expansion(environment);
            expansion.collect("", config.root());
            long total = 0;
            for (String path : expansion.texts.keySet()) {
                total = sum(total, expansion.size(path));
            }
            return total;
        }

        /** Every value that is not an object, or not yet one, as it was written, by its path; paths end in a dot. */
        private void collect(String path, ConfigValue value) {
            if (value instanceof ConfigObject object) {
                try {
                    object.forEach((key, child) -> collect(path + key + ".", child));
                    return;
                } catch (NotResolved e) {
                    // An object out of several, one of which is a substitution: its text shows them all.
                }
            }
            texts.put(path, value.render(CONCISE));
        }

        private long size(String path) {
            Long known = sizes.get(path);
            if (known != null) {
                return known;
            }
            String text = texts.get(path);
            open.add(path);
            long size = text.length();
            long again = 1;
            Matcher substitution = SUBSTITUTION.matcher(text);
            while (substitution.find()) {
                String name = substitution.group(1);
                for (String used : below(name)) {
                    if (open.contains(used)) {
                        again = Math.min(Long.MAX_VALUE / 2, again)
                                * 2; // Of itself: perhaps twice in each of many lines.
                    } else {
                        size = sum(size, size(used));
                    }
                }
                size = sum(size, environment.getOrDefault(name, "").length());
            }
            open.remove(path);
            size = size > Long.MAX_VALUE / again ? Long.MAX_VALUE : size * again;
            sizes.put(path, size);
            return size;
        }

        /** The paths of a substitution: its own, those below it, or one above it that is not resolved yet. */
        private List<String> below(String name) {
            String path;
            try {
                path = String.join(".", ConfigUtil.splitPath(name)) + ".";
            } catch (com.typesafe.config.ConfigException e) {
                return List.of(); // The library reports it.
            }
            List<String> found = new ArrayList<>(
                    texts.subMap(path, path + Character.MAX_VALUE).keySet());
            for (int dot = path.indexOf('.'); dot >= 0 && found.isEmpty() && dot < path.length() - 1; ) {
                if (texts.containsKey(path.substring(0, dot + 1))) {
                    found.add(path.substring(0, dot + 1));
                }
                dot = path.indexOf('.', dot + 1);
            }
            return found;
        }

        private static long sum(long one, long other) {
            return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
        }
    }
}
