package io.retort.compress.quantize.calibrate;

import io.retort.config.Catalogue.Kind;
import io.retort.config.Catalogue;

/** The kinds of calibrators. */
public final class Calibrators {
    public static final Catalogue<CalibratorSettings> CATALOGUE = Catalogue.of(
            "calibrators",
            CalibratorSettings.class,
            new Kind<>(
                    "entropy",
                    EntropyCalibrator.Settings.class,
                    "the range that loses the least information (Kullback-Leibler)",
                    "Migacz 2017, 8-bit Inference with TensorRT, GTC S7310"),
            new Kind<>(
                    "mean-squared-error",
                    MeanSquaredErrorCalibrator.Settings.class,
                    "the range whose code has the least mean squared error",
                    "Nagel et al. 2021, arXiv:2106.08295, section 3.1"),
            new Kind<>(
                    "min-max",
                    MinMaxCalibrator.Settings.class,
                    "all values, without clamping",
                    "Jacob et al. 2017, arXiv:1712.05877, section 3"),
            new Kind<>(
                    "percentile",
                    PercentileCalibrator.Settings.class,
                    "all but a stated part of the values",
                    "Wu et al. 2020, arXiv:2004.09602"));

    private Calibrators() {}
}
