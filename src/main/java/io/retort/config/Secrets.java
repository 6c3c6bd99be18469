package io.retort.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.retort.config.ConfigException.Problem;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which keys hold secrets, and that nothing prints or stores them. */
public final class Secrets {
    static final String REDACTED = "(redacted)";

    /** A shorter value is in too many texts by chance, and no secret. */
    private static final int MIN_CHARACTERS = 6;

    private static final Pattern BOUNDARY = Pattern.compile("[^a-z0-9]+");
    /** How the last word ends, so that {@code keyStorePassword} is one too. */
    private static final List<String> SECRET = List.of(
            "secret",
            "password",
            "passphrase",
            "token",
            "credentials",
            "accesskey",
            "secretkey",
            "apikey",
            "privatekey");

    private static final Set<String> KEYS = Set.of("access", "secret", "api", "private", "encryption");

    /** Up to the last {@code @} before the path, for a password may hold one. */
    private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/\\s]*:[^/\\s]*(?=@)");

    private static final Pattern DATABASE = Pattern.compile("\"?jdbc:");

    /** {@code jdbc:oracle:thin:user/password@host}. */
    private static final Pattern ORACLE = Pattern.compile("(?<=jdbc:oracle:[a-z0-9]{1,16}:)[^/@\\s]*/\\S*(?=@)");

    private static final Pattern ASSIGNMENT = Pattern.compile(
            "([A-Za-z0-9_][A-Za-z0-9_.-]*)(\"?\\s{0,8}[=:]\\s{0,8})(\"[^\"]*\"|'[^']*'|[^\\s,;}\\])\"']+)");

    private Secrets() {}

    /** The text without a secret, and without user and password of an address, also that of a database. */
    static String redacted(String path, String text) {
        if (isSecret(path)) {
            return REDACTED;
        }
        return withoutUserInfo(DATABASE.matcher(text).lookingAt() ? ofDatabase(text) : text);
    }

    /** A password may hold any character but the one that parts properties. */
    private static String ofDatabase(String address) {
        String ends = (address.contains("?") ? "&" : ";") + (address.contains("(") ? ",)" : "");
        return Pattern.compile("([A-Za-z0-9_.-]+)(\\s*=\\s*)[^" + ends + "]*")
                .matcher(address)
                .replaceAll(found -> Matcher.quoteReplacement(
                        isSecret(found.group(1)) ? found.group(1) + found.group(2) + REDACTED : found.group()));
    }

    /** A text from anywhere, without users and passwords in addresses and without values of keys of secrets. */
    public static String redacted(String text) {
        return ASSIGNMENT
                .matcher(withoutUserInfo(text))
                .replaceAll(found -> Matcher.quoteReplacement(
                        isSecret(found.group(1)) ? found.group(1) + found.group(2) + REDACTED : found.group()));
    }

    private static String withoutUserInfo(String text) {
        return ORACLE.matcher(USER_INFO.matcher(text).replaceAll(REDACTED)).replaceAll(REDACTED);
    }

    /** Whether a path ends in a word such as {@code password}, in {@code access-key}, or is {@code fs.s3a ... key}. */
    public static boolean isSecret(String path) {
        List<String> words = List.of(BOUNDARY.split(path.toLowerCase(Locale.ROOT)));
        String last = words.isEmpty() ? "" : words.get(words.size() - 1);
        if (last.equals("key")) {
            return words.contains("s3a") || (words.size() > 1 && KEYS.contains(words.get(words.size() - 2)));
        }
        return SECRET.stream().anyMatch(last::endsWith);
    }

    /**
     * Refuses values, other than those of secret keys, that hold a secret of the environment to which the configuration
     * refers: a recipe from somebody else could otherwise publish it by <code>name = ${AWS_SECRET_ACCESS_KEY}</code>.
     *
     * @param written before its substitutions are resolved
     */
    static void refuseElsewhere(
            Config written, Loaded loaded, Map<String, String> environment, List<Problem> problems) {
        String text = written.root().render(ConfigRenderOptions.concise());
        Map<String, String> secrets = new TreeMap<>(environment);
        secrets.entrySet()
                .removeIf(variable -> variable.getValue().length() < MIN_CHARACTERS
                        || !isSecret(variable.getKey())
                        || !text.contains(variable.getKey()));
        if (!secrets.isEmpty()) {
            refuseElsewhere("", loaded.root(), loaded, secrets, problems);
        }
    }

    private static void refuseElsewhere(
            String path, ConfigValue value, Loaded loaded, Map<String, String> secrets, List<Problem> problems) {
        if (value instanceof ConfigObject object) {
            object.forEach((key, child) -> refuseElsewhere(Names.path(path, key), child, loaded, secrets, problems));
        } else if (value instanceof ConfigList list) {
            for (int i = 0; i < list.size(); i++) {
                refuseElsewhere(path + "[" + i + "]", list.get(i), loaded, secrets, problems);
            }
        } else if (value.valueType() == ConfigValueType.STRING && !isSecret(path)) {
            secrets.forEach((name, secret) -> {
                if (Types.text(value).contains(secret)) {
                    problems.add(new Problem(
                            loaded.position(value, path),
                            path,
                            "must not hold the environment variable " + name + ", which is a secret; only keys such as"
                                    + " *.password, *.secret, *.token and *.access.key may"));
                }
            });
        }
    }
}
