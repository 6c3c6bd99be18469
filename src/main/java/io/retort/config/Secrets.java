package io.retort.config;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Which keys hold secrets, which must not be printed or stored. */
public final class Secrets {
    static final String REDACTED = "(redacted)";

    private static final Pattern BOUNDARY = Pattern.compile("[^a-z0-9]+");
    private static final Set<String> SECRET = Set.of("secret", "password", "passphrase", "token", "credentials");
    private static final Set<String> KEYS = Set.of("access", "secret", "api", "private", "encryption");

    private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/@\\s]*:[^/@\\s]*(?=@)");

    private Secrets() {}

    /** The text, or what may be shown of it: nothing of a secret, and no user and password of an address. */
    static String redacted(String path, String text) {
        return isSecret(path) ? REDACTED : USER_INFO.matcher(text).replaceAll(REDACTED);
    }

    /** Whether the last word of a path is a secret's, or it ends in such as {@code access-key}, or is {@code fs.s3a ... key}. */
    public static boolean isSecret(String path) {
        List<String> words = List.of(BOUNDARY.split(path.toLowerCase(Locale.ROOT)));
        String last = words.isEmpty() ? "" : words.get(words.size() - 1);
        if (last.equals("key")) {
            return words.contains("s3a") || (words.size() > 1 && KEYS.contains(words.get(words.size() - 2)));
        }
        return SECRET.contains(last);
    }
}
