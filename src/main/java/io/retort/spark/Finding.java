package io.retort.spark;

/**
 * One thing that the doctor looked at.
 *
 * @param check what was looked at
 * @param found what it is
 * @param advice what to do about it; empty where all is well
 */
public record Finding(Level level, String check, String found, String advice) {
    /** How bad it is. */
    public enum Level {
        /** As it should be. */
        OK,
        /** Right results, but slower than this machine can be, or at risk of running out of memory. */
        SLOW,
        /** A run would fail or give wrong results. */
        WRONG
    }

    public static Finding ok(String check, String found) {
        return new Finding(Level.OK, check, found, "");
    }

    public static Finding slow(String check, String found, String advice) {
        return new Finding(Level.SLOW, check, found, advice);
    }

    public static Finding wrong(String check, String found, String advice) {
        return new Finding(Level.WRONG, check, found, advice);
    }
}
