package io.retort.compress.quantize.calibrate;

import io.retort.config.SettingException;
import io.retort.network.int8.Symmetry;
import java.math.BigDecimal;

/**
 * Clamps a stated part of the values at each end (Wu et al. 2020, arXiv:2004.09602): from the {@code (100 − percentile)}th percentile to the
 * {@code percentile}th, both moved to include 0. Zeros, which every code keeps, do not count: of a tensor that is mostly zeros they would be both.
 */
public final class PercentileCalibrator implements Calibrator {
    private static final long serialVersionUID = 1L;

    private final double percentile;

    /**
     * Kind {@code percentile}. 99.9 to 99.999 is usual.
     *
     * @param percentile above 50, at most 100
     */
    public record Settings(double percentile) implements CalibratorSettings {
        public Settings {
            if (!(percentile > 50 && percentile <= 100)) {
                throw new SettingException("percentile", "must be in (50, 100], was " + percentile);
            }
        }

        @Override
        public Calibrator calibrator() {
            return new PercentileCalibrator(percentile);
        }
    }

    PercentileCalibrator(double percentile) {
        this.percentile = percentile;
    }

    @Override
    public Range range(Histogram histogram, Symmetry symmetry, int bits) {
        double share = BigDecimal.valueOf(percentile).movePointLeft(2).doubleValue();
        Histogram others = histogram.withoutZeros();
        return new Range(Math.min(0, 0 - others.mirrored().quantile(share)), Math.max(0, others.quantile(share)));
    }
}
