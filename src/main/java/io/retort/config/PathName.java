package io.retort.config;

/** Names that become part of a path, and so must not be able to leave their directory. */
public final class PathName {
    private static final String ALLOWED = "[A-Za-z0-9][A-Za-z0-9_.-]{0,99}";

    private PathName() {}

    public static boolean allowed(String name) {
        return name.matches(ALLOWED);
    }

    /**
     * Refuses other names.
     *
     * @param key of the setting
     */
    public static void require(String key, String name) {
        if (!allowed(name)) {
            throw new SettingException(
                    key,
                    "must be 1 to 100 letters, digits, '.', '_' or '-', beginning with a letter or digit, was '" + name
                            + "'");
        }
    }
}
