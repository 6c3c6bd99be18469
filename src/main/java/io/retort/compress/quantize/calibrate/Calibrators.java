package io.retort.compress.quantize.calibrate;

import io.retort.config.Catalogue.Kind;
import io.retort.network.int8.AffineCode.Symmetry;
import io.retort.config.Catalogue;
import io.retort.config.SettingException;
import java.math.BigDecimal;

/** The kinds of calibrators, and the two that need no search. */
public final class Calibrators {
    public static final Catalogue<Calibrator> CATALOGUE = Catalogue.of(
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

    private Calibrators() {}

    /** Kind {@code min-max}: from the least value to the greatest; nothing is clamped, and one outlier coarsens all. */
    public record MinMax() implements Calibrator {
        @Override
        public Range range(Histogram histogram, Symmetry symmetry, int bits) {
            return new Range(histogram.min(), histogram.max());
        }
    }

    /**
     * Kind {@code percentile}: clamps a stated part of the values at each end, from the {@code (100 − percentile)}th
     * percentile to the {@code percentile}th, both moved to include 0. Zeros, which every code keeps, do not count: of a
     * tensor that is mostly zeros they would be both.
     *
     * @param percentile above 50, at most 100; 99.9 to 99.999 is usual
     */
    public record Percentile(double percentile) implements Calibrator {
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
