package io.retort.pipeline;

import io.retort.compress.CompressorSettings;
import io.retort.compress.prune.WeightPruning;
import io.retort.config.Catalogue;
import io.retort.config.Kind;

/** The kinds of compression stages, sorted by name. */
public final class Compressors {
    public static final Catalogue<CompressorSettings> CATALOGUE = Catalogue.of(
            "compressors",
            CompressorSettings.class,
            new Kind<>(
                    "prune-weights",
                    WeightPruning.Settings.class,
                    "sets the weights of least magnitude to 0, at once or in steps",
                    "Han et al. 2015, arXiv:1506.02626; Zhu and Gupta 2017, arXiv:1710.01878"));

    private Compressors() {}
}
