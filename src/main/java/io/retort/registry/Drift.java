package io.retort.registry;

import java.util.List;
import java.util.OptionalDouble;

/**
 * How the new and changed shards differ from the samples that the champion learned from. What labels show is to be
 * looked at; of features there is a gate.
 *
 * <p>With the shares p of the classes among the champion's samples and q among the new ones, the total variation is
 * {@code ½ Σ |p − q|}, in [0, 1]: the share of samples that would have to change class. The population stability index
 * is {@code Σ (q − p) ln(q / p)}, in nats, not negative; each count is raised by ½ so that an empty class has a share.
 * By a rule of thumb of credit scoring, below 0.1 is stable and above 0.25 is a shift (Siddiqi 2006, "Credit Risk
 * Scorecards").
 *
 * @param newShards that the champion has not seen
 * @param newSamples in them
 * @param goneSamples that the champion learned from, less those still there; a changed shard counts on both sides
 * @param totalVariation 0 where nothing new has a label
 * @param stabilityIndex 0 where nothing new has a label
 * @param features those whose means have moved most, the farthest first; none of texts, whose ids are names, or where
 *     the champion's card has no means
 * @param teacherAccuracy of the teacher by the labels of the new shards; nothing where the student does not listen to
 *     the teacher or nothing is new
 */
public record Drift(
        long newShards,
        long newSamples,
        long goneSamples,
        double totalVariation,
        double stabilityIndex,
        List<FeatureShift> features,
        OptionalDouble teacherAccuracy) {
    public Drift {
        features =
                features == null ? List.of() : List.copyOf(features); // reports of programs that did not look at them
    }

    /** Where there is no champion, and so nothing to differ from. */
    public static Drift none() {
        return new Drift(0, 0, 0, 0, 0, List.of(), OptionalDouble.empty());
    }

    /** The shift of the feature that has moved most; 0 where nothing is known of features. */
    public double greatestShift() {
        return features.isEmpty() ? 0 : features.get(0).value();
    }

    /** {@code ½ Σ |p − q|} of two lists of counts. */
    public static double totalVariationBetween(List<Long> before, List<Long> now) {
        double all = sum(before);
        double allNow = sum(now);
        if (all == 0 || allNow == 0) {
            return 0; // no row has a label
        }
        double distance = 0;
        for (int c = 0; c < before.size(); c++) {
            distance += Math.abs(before.get(c) / all - now.get(c) / allNow);
        }
        return distance / 2;
    }

    /** {@code Σ (q − p) ln(q / p)} of two lists of counts, each raised by ½. */
    public static double stabilityIndexBetween(List<Long> before, List<Long> now) {
        int classes = before.size();
        if (sum(before) == 0 || sum(now) == 0) {
            return 0; // no row has a label
        }
        double all = sum(before) + classes / 2.0;
        double allNow = sum(now) + classes / 2.0;
        double index = 0;
        for (int c = 0; c < classes; c++) {
            double p = (before.get(c) + 0.5) / all;
            double q = (now.get(c) + 0.5) / allNow;
            index += (q - p) * Math.log(q / p);
        }
        return index;
    }

    private static double sum(List<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    /**
     * How far the mean of one feature of new samples lies from that of the samples that the champion learned from, in
     * deviations: the standardised mean difference {@code |m − m₀| / √((s² + s₀²) / 2)} (Cohen 1988, "Statistical Power
     * Analysis for the Behavioral Sciences", section 2.5.1; d), which no change of unit moves.
     *
     * <p>Where both are constant and differ there is no deviation to measure with, and the value is
     * {@value #OF_CONSTANTS}.
     *
     * @param name of the column, or of the channel where features have no names
     */
    public record FeatureShift(String name, double value) {
        static final double OF_CONSTANTS = 1e6;

        /** That of two means with their deviations. */
        public static double between(double mean, double deviation, double otherMean, double otherDeviation) {
            double apart = Math.abs(mean - otherMean);
            if (apart == 0) {
                return 0;
            }
            double pooled = Math.sqrt((deviation * deviation + otherDeviation * otherDeviation) / 2);
            return Math.min(OF_CONSTANTS, apart / pooled);
        }

        /** {@code age 3.2000, height 1.1000}. */
        public static String listed(List<FeatureShift> shifts) {
            return String.join(
                    ", ",
                    shifts.stream()
                            .map(shift -> shift.name() + " " + Gate.figure(shift.value()))
                            .toList());
        }
    }
}
