package io.retort.compress.quantize.calibrate;

import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.config.SettingException;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.AffineCode.Symmetry;
import java.io.Serializable;
import java.math.BigDecimal;

/**
 * Chooses the range of a code, beyond which it clamps: a wide range rounds coarsely, a narrow one cuts off. A
 * calibrator is the record of its own settings.
 */
public interface Calibrator extends Serializable {
    /** The kinds of calibrators. */
    Catalogue<Calibrator> CATALOGUE = Catalogue.of(
            "calibrators",
            Calibrator.class,
            new Kind<>(
                    "entropy",
                    EntropyCalibrator.class,
                    "the range that loses the least information (Kullback-Leibler)",
                    "Migacz 2017, 8-bit Inference with TensorRT, GTC S7310"),
            new Kind<>(
                    "mean-squared-error",
                    MeanSquaredErrorCalibrator.class,
                    "the range whose code has the least mean squared error",
                    "Nagel et al. 2021, arXiv:2106.08295, section 3.1"),
            new Kind<>(
                    "min-max",
                    MinMax.class,
                    "all values, without clamping",
                    "Jacob et al. 2017, arXiv:1712.05877, section 3"),
            new Kind<>(
                    "percentile",
                    Percentile.class,
                    "all but a stated part of the values",
                    "Wu et al. 2020, arXiv:2004.09602"));

    /**
     * The range for values that are distributed like these.
     *
     * @param symmetry how the code will lie around 0
     * @param bits of the code
     */
    Range range(Histogram histogram, Symmetry symmetry, int bits);

    /**
     * The values that a code tells apart; those beyond are clamped.
     *
     * @param min at most 0
     * @param max at least 0
     */
    record Range(double min, double max) {
        public Range {
            if (!(min <= 0 && max >= 0) || Double.isInfinite(min) || Double.isInfinite(max)) {
                throw new IllegalArgumentException("a range must be finite and include 0, was " + min + " to " + max);
            }
        }

        /** The code of b {@code bits} for this range. */
        public AffineCode code(Symmetry symmetry, int bits) {
            return symmetry.code(min, max, bits);
        }

        Range times(double lower, double upper) {
            return new Range(lower * min, upper * max);
        }
    }

    /** Kind {@code min-max}: from the least value to the greatest; nothing is clamped, and one outlier coarsens all. */
    record MinMax() implements Calibrator {
        @Override
        public Range range(Histogram histogram, Symmetry symmetry, int bits) {
            return new Range(histogram.min(), histogram.max());
        }
    }

    /**
     * Kind {@code percentile}: clamps a stated part of the values at each end, from the {@code (100 − percentile)}th
     * percentile to the {@code percentile}th, both moved to include 0. Zeros, which every code keeps, do not count: of
     * a tensor that is mostly zeros they would be both.
     *
     * @param percentile above 50, at most 100; 99.9 to 99.999 is usual
     */
    record Percentile(double percentile) implements Calibrator {
        public Percentile {
            if (!(percentile > 50 && percentile <= 100)) {
                throw new SettingException("percentile", "must be in (50, 100], was " + percentile);
            }
        }

        @Override
        public Range range(Histogram histogram, Symmetry symmetry, int bits) {
            double share = BigDecimal.valueOf(percentile).movePointLeft(2).doubleValue();
            Histogram others = histogram.withoutZeros();
            return new Range(Math.min(0, 0 - others.mirrored().quantile(share)), Math.max(0, others.quantile(share)));
        }
    }
}
