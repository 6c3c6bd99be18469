package io.retort.compress.quantize.calibrate;

import io.retort.network.int8.Symmetry;

/** From the least value to the greatest: nothing is clamped, and one outlier coarsens all (Jacob et al. 2017, arXiv:1712.05877, section 3). */
public final class MinMaxCalibrator implements Calibrator {
    private static final long serialVersionUID = 1L;

    /** Kind {@code min-max}. */
    public record Settings() implements CalibratorSettings {
        @Override
        public Calibrator calibrator() {
            return new MinMaxCalibrator();
        }
    }

    @Override
    public Range range(Histogram histogram, Symmetry symmetry, int bits) {
        return new Range(histogram.min(), histogram.max());
    }
}
