package io.retort.config;

/** Settings refuse a value. The message has key and problem, such as {@code epochs must be at least 1, was 0}. */
public class SettingException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String key;
    private final String problem;

    /**
     * @param key of the component as a recipe spells it, or a path below the settings; empty for all of them together
     * @param problem what is allowed, what was found, what to do
     */
    public SettingException(String key, String problem) {
        super(key.isEmpty() ? problem : key + " " + problem);
        this.key = key;
        this.problem = problem;
    }

    /** A refusal that names no key is one of the settings as a whole. */
    public static SettingException of(IllegalArgumentException refusal) {
        return refusal instanceof SettingException setting
                ? setting
                : new SettingException("", String.valueOf(refusal.getMessage()));
    }

    public static void requirePositive(String key, int value) {
        if (value < 1) {
            throw new SettingException(key, "must be at least 1, was " + value);
        }
    }

    public String key() {
        return key;
    }

    public String problem() {
        return problem;
    }

    /** The path of the refused value, where the settings stand at a path themselves. */
    public String path(String settings) {
        return key.isEmpty() || settings.isEmpty() ? settings + key : settings + "." + key;
    }
}
