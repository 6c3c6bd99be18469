package io.retort.report;

import java.util.List;
import java.util.Locale;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;

/**
 * A student against its baseline, in accuracy (or the task's own score) on the same test samples, at 95 % confidence.
 *
 * <p>Over {@code n ≥ 2} seeds the comparison is paired. With {@code dᵢ = student(seed i) − baseline(seed i)}, mean
 * {@code d} and sample standard deviation {@code s = √(Σ (dᵢ − d)² / (n − 1))}, the interval is {@code d ± t · s / √n},
 * where {@code t} is the 0.975 quantile of Student's distribution with {@code n − 1} degrees of freedom (12.706 for 2
 * seeds, 4.303 for 3). It covers other seeds on these test samples.
 *
 * <p>With one seed there is nothing to pair, and only the size of the test set is known. The interval is then that of
 * two independent proportions, {@code d ± 1.96 · √((p (1 − p) + q (1 − q)) / m)}, for accuracies {@code p} and
 * {@code q} on {@code m} samples. Both were measured on the same samples and mostly err on the same ones, so this is
 * wider than a McNemar interval would be: it errs towards {@link Verdict#NO_GAIN}. It covers other test samples for
 * these two networks, not other seeds. Macro-F1 is taken for a proportion; R² has the variance
 * {@code 4 r (1 − r)² / m}, r its size (Olkin, Finn 1995, Psychological Bulletin 118, page 157).
 *
 * @param gain mean accuracy of the student less that of the baseline
 * @param low the interval's lower end
 * @param high the interval's upper end
 * @param seeds how many seeds it rests on
 */
public record Comparison(double gain, double low, double high, int seeds) {
    private static final double UPPER_QUANTILE = 0.975;

    /** The conclusion about the gain. */
    public enum Verdict {
        /** The whole interval lies above 0. */
        GAIN("gain"),
        /** The interval holds 0: the figures do not distinguish the two. */
        NO_GAIN("no gain"),
        /** The whole interval lies below 0. */
        LOSS("loss");

        private final String words;

        Verdict(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /**
     * The comparison over all seeds.
     *
     * @param unit of the scores; those in percent are shares from 0 to 1
     * @param student a score per seed
     * @param baseline scores of the same seeds, in the same order
     * @param testSamples on which each was measured
     */
    static Comparison of(ScoreUnit unit, List<Double> student, List<Double> baseline, long testSamples) {
        double[] ours = accuracies(unit, "accuracies of the student", student);
        double[] theirs = accuracies(unit, "accuracies of the baseline", baseline);
        if (ours.length != theirs.length) {
            throw new IllegalArgumentException("student and baseline must have the same seeds, had " + ours.length
                    + " and " + theirs.length + " accuracies");
        }
        if (testSamples < 1) {
            throw new IllegalArgumentException("there must be at least 1 test sample, were " + testSamples);
        }
        return ours.length == 1 ? ofOneSeed(unit, ours[0], theirs[0], testSamples) : overSeeds(ours, theirs);
    }

    public Verdict verdict() {
        if (low > 0) {
            return Verdict.GAIN;
        }
        return high < 0 ? Verdict.LOSS : Verdict.NO_GAIN;
    }

    /** In percentage points: {@code +0.42 [+0.13, +0.71]}. */
    public String points() {
        return String.format(Locale.ROOT, "%+.2f [%+.2f, %+.2f]", 100 * gain, 100 * low, 100 * high);
    }

    private static Comparison overSeeds(double[] student, double[] baseline) {
        int n = student.length;
        double[] differences = new double[n];
        for (int i = 0; i < n; i++) {
            differences[i] = student[i] - baseline[i];
        }
        double mean = StatUtils.mean(differences);
        double t = new TDistribution(n - 1).inverseCumulativeProbability(UPPER_QUANTILE);
        return around(mean, t * Math.sqrt(StatUtils.variance(differences) / n), n);
    }

    private static Comparison ofOneSeed(ScoreUnit unit, double student, double baseline, long testSamples) {
        double variance = variance(unit, student) + variance(unit, baseline);
        double z = new NormalDistribution().inverseCumulativeProbability(UPPER_QUANTILE);
        return around(student - baseline, z * Math.sqrt(variance / testSamples), 1);
    }

    /** Of the score of one sample, so to speak. */
    private static double variance(ScoreUnit unit, double score) {
        return unit == ScoreUnit.PERCENT ? score * (1 - score) : 4 * Math.abs(score) * (1 - score) * (1 - score);
    }

    private static Comparison around(double gain, double halfWidth, int seeds) {
        return new Comparison(gain, gain - halfWidth, gain + halfWidth, seeds);
    }

    private static double[] accuracies(ScoreUnit unit, String what, List<Double> values) {
        double[] checked = MeanAndDeviation.checked(what, values);
        if (unit == ScoreUnit.PERCENT && values.stream().anyMatch(value -> value < 0 || value > 1)) {
            throw new IllegalArgumentException(what + " must be in [0, 1], were " + values);
        }
        return checked;
    }
}
