package io.retort.compress.quantize;

import io.retort.network.int8.AffineCode;
import io.retort.network.int8.Symmetry;

/**
 * The range whose code has the least mean squared error {@code E[(x − x̂)²]} (Nagel et al. 2021, arXiv:2106.08295, section 3.1), the sum of
 * what is rounded and what is clamped.
 *
 * <p>Searched over the histogram's bins: first both ends together in steps of 2 % of the full range, then each end by itself, in steps of 0.5 %, around the
 * best.
 */
public final class MeanSquaredErrorCalibrator implements Calibrator {
    private static final long serialVersionUID = 1L;
    private static final double STEP = 0.02;
    private static final double FINE_STEP = 0.005;
    private static final int FINE_STEPS = 8;

    /** Kind {@code mean-squared-error}. */
    public record Settings() implements CalibratorSettings {
        @Override
        public Calibrator calibrator() {
            return new MeanSquaredErrorCalibrator();
        }
    }

    @Override
    public Range range(Histogram histogram, Symmetry symmetry, int bits) {
        Search search = new Search(histogram, symmetry, bits);
        for (double ratio = 1; ratio > STEP / 2; ratio -= STEP) {
            search.offer(ratio, ratio);
        }
        double middle = search.upper;
        for (int i = -FINE_STEPS; i <= FINE_STEPS; i++) {
            search.offer(search.lower, middle + i * FINE_STEP);
        }
        middle = search.lower;
        for (int i = -FINE_STEPS; i <= FINE_STEPS; i++) {
            search.offer(middle + i * FINE_STEP, search.upper);
        }
        return search.full.times(search.lower, search.upper);
    }

    /** The best so far. */
    private static final class Search {
        private final Histogram histogram;
        private final Symmetry symmetry;
        private final int bits;
        private final Range full;
        private double lower = 1;
        private double upper = 1;
        private double least = Double.POSITIVE_INFINITY;

        Search(Histogram histogram, Symmetry symmetry, int bits) {
            this.histogram = histogram;
            this.symmetry = symmetry;
            this.bits = bits;
            this.full = new Range(histogram.min(), histogram.max());
        }

        /** Tries parts, from 0 to 1, of the full range below 0 and above. */
        void offer(double below, double above) {
            if (!(below >= 0 && below <= 1 && above >= 0 && above <= 1)) {
                return;
            }
            double error = error(histogram, full.times(below, above).code(symmetry, bits));
            if (error < least) {
                least = error;
                lower = below;
                upper = above;
            }
        }
    }

    /** The mean squared error of a code, each value taken for the centre of its bin. */
    static double error(Histogram histogram, AffineCode code) {
        double[] sum = {0};
        histogram.forEach((centre, count) -> {
            double error = centre - code.roundTrip((float) centre);
            sum[0] += count * error * error;
        });
        return histogram.count() == 0 ? 0 : sum[0] / histogram.count();
    }
}
