package io.retort.report;

import java.util.Locale;

/** How long something took, for people. */
public final class Elapsed {
    private Elapsed() {}

    /** {@code 12.3 s} below a minute, {@code 4 min 5 s} below an hour, else {@code 2 h 5 min}. */
    public static String words(double seconds) {
        if (seconds < 59.95) {
            return String.format(Locale.ROOT, "%.1f s", Math.max(0, seconds)); // a clock may be set back
        }
        long whole = Math.round(seconds);
        return whole < 3600
                ? whole / 60 + " min " + whole % 60 + " s"
                : whole / 3600 + " h " + whole % 3600 / 60 + " min";
    }
}
