package io.retort.report;

import java.util.Locale;
import java.util.Set;

/** How the score of a task is written: shares in percent, R² as it is. */
public enum ScoreUnit {
    PERCENT(100, "%.2f", " %", ", points"),
    PLAIN(1, "%.4f", "", "");

    /** The divergence from the teacher with a minus sign, so that greater is better. */
    public static final String NEGATIVE_DIVERGENCE = "negative-teacher-divergence";

    private static final Set<String> PLAIN_SCORES = Set.of("r2", "cosine", NEGATIVE_DIVERGENCE);

    private final double factor;
    private final String format;
    private final String suffix;
    private final String ofDifference;

    ScoreUnit(double factor, String format, String suffix, String ofDifference) {
        this.factor = factor;
        this.format = format;
        this.suffix = suffix;
        this.ofDifference = ofDifference;
    }

    /**
     * The unit of a score.
     *
     * @param score the name of the task's score
     */
    public static ScoreUnit of(String score) {
        return PLAIN_SCORES.contains(score) ? PLAIN : PERCENT;
    }

    /** {@code 92.31 %}, or {@code 0.4731}. */
    public String text(double score) {
        return String.format(Locale.ROOT, format, factor * score) + suffix;
    }

    /** {@code 92.31 ± 0.12 %}, or {@code 0.4731 ± 0.0124}. */
    public String text(MeanAndDeviation scores) {
        return scores.text(format, factor) + suffix;
    }

    /** {@code +0.42} points, or {@code +0.0042}. */
    public String difference(double of) {
        // -0.0 would be shown as -0.00
        return String.format(Locale.ROOT, format.replace("%", "%+"), factor * of + 0.0);
    }

    /** {@code +0.42 [+0.13, +0.71]}. */
    public String text(Comparison comparison) {
        return difference(comparison.gain()) + " [" + difference(comparison.low()) + ", "
                + difference(comparison.high()) + "]";
    }

    /** A heading of differences: {@code gain, points}, or {@code gain}. */
    public String heading(String of) {
        return of + ofDifference;
    }
}
