package io.retort.compress.quantize.calibrate;

import io.retort.network.int8.AffineCode.Symmetry;

/**
 * Clamps at the magnitude that loses the least information: the least Kullback-Leibler divergence
 * {@code KL(P ‖ Q) = Σ P ln(P / Q)}, in nats (Migacz 2017, "8-bit Inference with TensorRT", GTC S7310).
 *
 * <p>For each threshold, P is the histogram of magnitudes up to it, with all beyond added to its last bin; Q is that
 * histogram without them, its bins merged into as many levels as the code has on one side, and each level's count
 * spread evenly over those of its bins that P has something in. A threshold where P has counts and Q has none is no
 * candidate. 256 thresholds are tried, evenly from the number of levels to the greatest magnitude. Zeros, which are
 * never lost, do not count.
 */
public record EntropyCalibrator() implements Calibrator {
    private static final int THRESHOLDS = 256;

    @Override
    public Calibrator.Range range(Histogram histogram, Symmetry symmetry, int bits) {
        boolean oneSided = histogram.min() == 0 || histogram.max() == 0;
        int levels = oneSided ? 1 << bits : 1 << (bits - 1);
        int bins = threshold(histogram.magnitudes(), levels);
        double threshold = bins * histogram.width();
        double lower = Math.max(histogram.min(), -threshold);
        double upper = Math.min(histogram.max(), threshold);
        return new Calibrator.Range(lower, upper);
    }

    /** The number of bins, from 0 up, that the code tells apart. */
    static int threshold(long[] magnitudes, int levels) {
        int all = magnitudes.length;
        int step = Math.max(1, (all - levels) / THRESHOLDS);
        double least = Double.POSITIVE_INFINITY;
        int best = all;
        for (int bins = all; bins >= levels; bins -= step) {
            double divergence = divergence(magnitudes, bins, levels);
            if (divergence < least) {
                least = divergence;
                best = bins;
            }
        }
        return best;
    }

    /** {@code KL(P ‖ Q)} for one threshold; infinite where Q lacks what P has. */
    static double divergence(long[] magnitudes, int bins, int levels) {
        long inside = 0;
        for (int i = 0; i < bins; i++) {
            inside += magnitudes[i];
        }
        long all = inside;
        for (int i = bins; i < magnitudes.length; i++) {
            all += magnitudes[i];
        }
        if (all == 0) {
            return 0;
        }
        long beyond = all - inside;
        double divergence = 0;
        for (int level = 0; level < levels; level++) {
            int from = (int) ((long) level * bins / levels);
            int to = (int) ((long) (level + 1) * bins / levels);
            long total = 0;
            int filled = 0;
            for (int i = from; i < to; i++) {
                total += magnitudes[i];
                filled += magnitudes[i] > 0 || (i == bins - 1 && beyond > 0) ? 1 : 0;
            }
            for (int i = from; i < to && filled > 0; i++) {
                double p = (double) (magnitudes[i] + (i == bins - 1 ? beyond : 0)) / all;
                double q = inside == 0 ? 0 : (double) total / filled / inside;
                if (p > 0 && q == 0) {
                    return Double.POSITIVE_INFINITY;
                }
                divergence += p > 0 ? p * Math.log(p / q) : 0;
            }
        }
        return divergence;
    }
}
