package io.retort.evaluate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

/**
 * How right a classifier's probabilities are on rows that have a label each.
 *
 * @param error {@code Σ_b |accuracy(b) − confidence(b)| · rows(b) / rows} over equally wide bins b of the predicted
 *     class's probability: the expected calibration error (Guo et al. 2017, section 2, arXiv:1706.04599)
 * @param low the 2.5 % quantile of the error over rows drawn with replacement (percentile bootstrap: Efron 1979, Annals
 *     of Statistics 7). The error of few rows is above that of many, so that interval is, too
 * @param high the 97.5 % quantile
 * @param adaptiveError the same over as many bins of equally many rows, by confidence (Nixon et al. 2019,
 *     arXiv:1904.01685)
 * @param negativeLogLikelihood in nats
 * @param brierScore the mean of {@code Σ_c (p_c − [c is the label])²}, in [0, 2] (Brier 1950, Monthly Weather Review 78)
 */
public record Reliability(
        double error, double low, double high, double adaptiveError, double negativeLogLikelihood, double brierScore) {
    private static final int RESAMPLES = 1000;
    private static final double TAIL = 0.025;

    /**
     * Measures it.
     *
     * @param rows with labels
     * @param seed of the bootstrap
     */
    public static Reliability of(AnsweredRows rows, int bins, long seed) {
        int count = rows.rows();
        double[] confidences = new double[count];
        int[] hits = new int[count];
        double likelihood = 0;
        double brier = 0;
        for (int row = 0; row < count; row++) {
            double[] p = rows.probabilities(row);
            int label = rows.labels().classOf(row);
            int predicted = 0;
            for (int c = 0; c < p.length; c++) {
                predicted = p[c] > p[predicted] ? c : predicted;
                double off = p[c] - (c == label ? 1 : 0);
                brier += off * off;
            }
            confidences[row] = p[predicted];
            hits[row] = predicted == label ? 1 : 0;
            likelihood -= Math.log(Math.max(p[label], Double.MIN_NORMAL));
        }
        int[] binned = Arrays.stream(confidences)
                .mapToInt(confidence -> (int) Math.min(bins - 1, Math.floor(confidence * bins)))
                .toArray();
        Bins whole = new Bins(confidences, hits, binned, bins);
        double[] drawn = whole.resampled(new SplittableRandom(seed));
        return new Reliability(
                whole.error(IntStream.range(0, count)),
                quantile(drawn, TAIL),
                quantile(drawn, 1 - TAIL),
                new Bins(confidences, hits, equallyFull(confidences, bins), bins).error(IntStream.range(0, count)),
                likelihood / count,
                brier / count);
    }

    /** The bin of each row where bins have equally many, of rising confidence. */
    private static int[] equallyFull(double[] confidences, int bins) {
        int[] order = IntStream.range(0, confidences.length)
                .boxed()
                .sorted(Comparator.comparingDouble(row -> confidences[row]))
                .mapToInt(row -> row)
                .toArray();
        int[] binned = new int[order.length];
        for (int rank = 0; rank < order.length; rank++) {
            binned[order[rank]] = (int) ((long) rank * bins / order.length);
        }
        return binned;
    }

    /** By linear interpolation between the sorted values. */
    private static double quantile(double[] values, double part) {
        return new Percentile()
                .withEstimationType(Percentile.EstimationType.R_7)
                .evaluate(values, 100 * part);
    }

    /** Rows in bins. */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    private record Bins(double[] confidences, int[] hits, int[] binned, int bins) {
        double error(IntStream rows) {
            double[] surplus = new double[bins];
            int[] count = {0};
            rows.forEach(row -> {
                surplus[binned[row]] += hits[row] - confidences[row];
                count[0]++;
            });
            return Arrays.stream(surplus).map(Math::abs).sum() / count[0];
        }

        double[] resampled(SplittableRandom random) {
            int rows = hits.length;
            return IntStream.range(0, RESAMPLES)
                    .mapToDouble(draw -> error(random.ints(rows, 0, rows)))
                    .toArray();
        }
    }
}
