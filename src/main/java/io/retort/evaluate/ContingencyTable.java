package io.retort.evaluate;

import io.retort.data.Labels;
import java.io.Serializable;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.distribution.NormalDistribution;

/** How often two networks are right on the same samples, counted in pairs. */
public record ContingencyTable(long bothRight, long onlyFirst, long onlySecond, long bothWrong)
        implements Serializable {
    public long samples() {
        return bothRight + onlyFirst + onlySecond + bothWrong;
    }

    /** These counts and those of other samples. */
    public ContingencyTable plus(ContingencyTable other) {
        return new ContingencyTable(
                bothRight + other.bothRight,
                onlyFirst + other.onlyFirst,
                onlySecond + other.onlySecond,
                bothWrong + other.bothWrong);
    }

    /**
     * Counts the samples that have a label.
     *
     * @param first {@code [samples, classes]} logits
     * @param second likewise
     */
    static ContingencyTable of(float[] first, float[] second, Labels labels) {
        int classes = labels.rows() == 0 ? 0 : first.length / labels.rows();
        long[] counts = new long[4];
        for (int row = 0; row < labels.rows(); row++) {
            if (!labels.isPresent(row)) {
                continue;
            }
            int firstWrong = Prediction.greatest(first, row * classes, classes) == labels.classOf(row) ? 0 : 1;
            int secondWrong = Prediction.greatest(second, row * classes, classes) == labels.classOf(row) ? 0 : 1;
            counts[2 * firstWrong + secondWrong]++;
        }
        return new ContingencyTable(counts[0], counts[1], counts[2], counts[3]);
    }

    /**
     * McNemar's test of two classifiers on the same samples (McNemar 1947, Psychometrika 12, 153-157; for classifiers
     * Dietterich 1998, Neural Computation 10, section 3.1).
     *
     * <p>Samples on which both are right, or both wrong, do not count. Of the {@code n = b + c} others, b are won by
     * the first only and c by the second only; if both were equally good, each would fall to either side with
     * probability ½. The probability that k or more of n fall to one side is {@code P(k, n) = Σ_{i ≥ k} C(n, i) / 2ⁿ},
     * in [0, 1] without a unit. It is exact up to {@value #EXACT} discordant samples; beyond, it is that of the normal
     * distribution with continuity correction, {@code 1 − Φ((2k − n − 1) / √n)}.
     *
     * @param better the probability, by chance alone, of a lead of the first at least as large as was seen; small where
     *     it is truly better
     * @param worse the same for a lead of the second
     */
    public record McNemar(double better, double worse) {
        private static final int EXACT = 100_000;

        /** The test of these outcomes. */
        public static McNemar of(ContingencyTable pairs) {
            long discordant = pairs.onlyFirst() + pairs.onlySecond();
            return new McNemar(atLeast(pairs.onlyFirst(), discordant), atLeast(pairs.onlySecond(), discordant));
        }

        private static double atLeast(long wins, long discordant) {
            if (wins == 0) {
                return 1;
            }
            if (discordant <= EXACT) {
                // generator null: nothing is drawn from it
                BinomialDistribution fair = new BinomialDistribution(null, (int) discordant, 0.5);
                return 1 - fair.cumulativeProbability((int) wins - 1);
            }
            double deviations = (2.0 * wins - discordant - 1) / Math.sqrt((double) discordant);
            return new NormalDistribution(null, 0, 1).cumulativeProbability(-deviations);
        }
    }
}
