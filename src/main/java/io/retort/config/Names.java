package io.retort.config;

import com.typesafe.config.ConfigUtil;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Keys made of Java's names, the key that somebody may have meant, and names that become part of a path. */
public final class Names {
    private static final Pattern CAMEL_HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");
    private static final String FOR_PATH = "[A-Za-z0-9][A-Za-z0-9_.-]{0,99}";

    private Names() {}

    /** {@code learningRate} is written {@code learning-rate}. */
    static String kebab(String camelCase) {
        return CAMEL_HUMP.matcher(camelCase).replaceAll("-").toLowerCase(Locale.ROOT);
    }

    /** {@code UINT8} is written {@code uint8}. */
    public static String kebab(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@code parent.key}, with the key in quotes where HOCON needs them. */
    static String path(String parent, String key) {
        String quoted = ConfigUtil.joinPath(key);
        return parent.isEmpty() ? quoted : parent + "." + quoted;
    }

    /** The candidate nearest to a text, if a third of its letters or fewer (at least one) would have to change. */
    public static Optional<String> nearest(String written, Collection<String> candidates) {
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        return candidates.stream()
                .filter(candidate -> Math.abs(candidate.length() - written.length()) <= allowed(candidate))
                .filter(candidate -> distance.apply(written, candidate) <= allowed(candidate))
                .min(Comparator.<String>comparingInt(candidate -> distance.apply(written, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static int allowed(String candidate) {
        return Math.max(1, candidate.length() / 3);
    }

    /** Whether a name can be part of a path without leaving its directory. */
    public static boolean isForPath(String name) {
        return name.matches(FOR_PATH);
    }

    /**
     * Refuses a name that cannot be part of a path.
     *
     * @param key of the setting
     */
    public static void requireForPath(String key, String name) {
        if (!isForPath(name)) {
            throw new SettingException(
                    key,
                    "must be 1 to 100 letters, digits, '.', '_' or '-', beginning with a letter or digit, was '" + name
                            + "'");
        }
    }
}
