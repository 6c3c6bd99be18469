package io.retort.compress.quantize.round;

import io.retort.config.Catalogue.Kind;
import io.retort.config.Catalogue;

/** The kinds of rounding of weights. */
public final class Roundings {
    public static final Catalogue<RoundingSettings> CATALOGUE = Catalogue.of(
            "roundings",
            RoundingSettings.class,
            new Kind<>(
                    "adaptive",
                    AdaptiveRounding.Settings.class,
                    "each weight up or down such that the layer's outputs change least",
                    "Nagel et al. 2020, arXiv:2004.10568"),
            new Kind<>(
                    "nearest",
                    NearestRounding.Settings.class,
                    "each weight to the nearest step",
                    "Jacob et al. 2017, arXiv:1712.05877, section 2.1"));

    private Roundings() {}
}
