package io.retort.config;

import com.typesafe.config.ConfigException.NotResolved;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import io.retort.config.ConfigException.Problem;
import io.retort.config.ConfigException.Problem.Position;
import io.retort.config.ConfigLookup.Written;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A configuration that has been read.
 *
 * @param name of the user's file
 * @param file the content of that file by itself
 * @param root everything, resolved
 * @param layers under the root, resolved where they can be: the file over the defaults, and the defaults
 */
record Loaded(String name, ConfigObject file, ConfigObject root, List<ConfigObject> layers) {
    private static final Pattern LINES = Pattern.compile(": \\d+(-\\d+)?$");
    private static final String MERGED = "merge of ";

    /** The position of a value; of its beginning in the user's file, if several sources make it up. */
    Position position(ConfigValue value, String path) {
        String source = source(value.origin());
        boolean elsewhere = source.startsWith(MERGED) || source.startsWith(Substitutions.ENVIRONMENT);
        return path.isEmpty() || elsewhere || Reference.holds(value.origin()) ? inFile(path) : position(value.origin());
    }

    /** The position of a value, by its path; of the enclosing object, if the value is absent. */
    Position position(String path) {
        ConfigValue found = root;
        String reached = "";
        for (String step : path.split("\\.|(?=\\[)", -1)) {
            Optional<ConfigValue> next = child(found, step).filter(value -> !Reference.holds(value.origin()));
            if (next.isEmpty()) {
                break;
            }
            found = next.get();
            reached += reached.isEmpty() || step.startsWith("[") ? step : "." + step;
        }
        return position(found, reached);
    }

    /** The value of the file or the command line at a path. */
    Optional<ConfigValue> written(String path) {
        return at(root, path).filter(value -> !Reference.holds(value.origin()));
    }

    /** The values of the layers at a path, the strongest first: HOCON drops a text that an object lies over. */
    Stream<ConfigValue> beneath(String path) {
        return layers.stream().flatMap(layer -> at(layer, path).stream());
    }

    /** Whether the file or the command line has a value at its path, not only by a substitution. */
    boolean isWrittenThere(Written written) {
        String source = source(written.value().origin());
        if (source.startsWith(Overrides.ORIGIN)) {
            String override = source.substring(Overrides.ORIGIN.length());
            return written.path().startsWith(override.substring(0, override.indexOf('=')));
        }
        try {
            return at(file, written.path()).isPresent();
        } catch (NotResolved e) {
            return false; // something with a substitution stands there
        }
    }

    private static Optional<ConfigValue> at(ConfigObject all, String path) {
        Optional<ConfigValue> found = Optional.of(all);
        for (String step : path.split("\\.|(?=\\[)", -1)) {
            found = found.flatMap(value -> child(value, step));
        }
        return found;
    }

    /** @param step a key, or an index such as {@code [1]} */
    private static Optional<ConfigValue> child(ConfigValue value, String step) {
        if (value instanceof ConfigList list && step.startsWith("[")) {
            int index = Integer.parseInt(step.substring(1, step.length() - 1));
            return index < list.size() ? Optional.of(list.get(index)) : Optional.empty();
        }
        return value instanceof ConfigObject object ? Optional.ofNullable(object.get(step)) : Optional.empty();
    }

    private Position inFile(String path) {
        ConfigValue found = file;
        try {
            if (!path.isEmpty()) {
                for (String key : ConfigUtil.splitPath(path.replaceAll("\\[.*", ""))) {
                    ConfigValue next = found instanceof ConfigObject object ? object.get(key) : null;
                    if (next == null) {
                        break;
                    }
                    found = next;
                }
            }
        } catch (NotResolved e) {
            // A substitution stands there; the value found so far is near enough.
        }
        boolean whole = found == file || source(found.origin()).startsWith(MERGED);
        return whole ? new Position(name, 1) : position(found.origin());
    }

    static Position position(ConfigOrigin origin) {
        String source = source(origin);
        boolean hasLines = origin.lineNumber() > 0 && !source.startsWith(Overrides.ORIGIN);
        return new Position(source, hasLines ? origin.lineNumber() : 0);
    }

    /** Whether a value, or its beginning, comes from the command line or the environment. */
    static boolean isOfShell(ConfigOrigin origin) {
        String description = origin.description();
        String first = description.startsWith(MERGED) ? description.substring(MERGED.length()) : description;
        return first.startsWith(Overrides.ORIGIN) || first.startsWith(Substitutions.ENVIRONMENT);
    }

    static String source(ConfigOrigin origin) {
        String description = origin.description();
        return origin.lineNumber() > 0 ? LINES.matcher(description).replaceFirst("") : description;
    }

    /** A problem that the library found, without its own description of the place. */
    static Problem problem(com.typesafe.config.ConfigException e, String name) {
        if (e.origin() == null) {
            return new Problem(new Position(name, 0), "", e.getMessage());
        }
        String prefix = e.origin().description() + ": ";
        String message = e.getMessage().startsWith(prefix) ? e.getMessage().substring(prefix.length()) : e.getMessage();
        return new Problem(position(e.origin()), "", message);
    }
}
