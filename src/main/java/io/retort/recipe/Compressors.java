package io.retort.recipe;

import io.retort.compress.CompressorSettings;
import io.retort.compress.lowrank.LowRank;
import io.retort.compress.prune.ChannelPruning;
import io.retort.compress.prune.WeightPruning;
import io.retort.compress.quantize.HalfPrecision;
import io.retort.compress.quantize.Quantize;
import io.retort.compress.quantize.QuantizeInTraining;
import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;

/** The kinds of compression stages, sorted by name. */
public final class Compressors {
    public static final Catalogue<CompressorSettings> CATALOGUE = Catalogue.of(
            "compressors",
            CompressorSettings.class,
            new Kind<>(
                    "float16",
                    HalfPrecision.Settings.class,
                    "stores all parameters in half precision and computes in float32",
                    "IEEE 754-2008, binary16"),
            new Kind<>(
                    "low-rank",
                    LowRank.Settings.class,
                    "replaces layers by thinner ones whose product is near",
                    "Jaderberg et al. 2014, arXiv:1405.3866; Zhang et al. 2015, arXiv:1505.06798; Kim et al. 2016, arXiv:1511.06530; Lebedev et al. 2015, arXiv:1412.6553"),
            new Kind<>(
                    "prune-channels",
                    ChannelPruning.Settings.class,
                    "cuts the least important channels out",
                    "Li et al. 2017, arXiv:1608.08710"),
            new Kind<>(
                    "prune-weights",
                    WeightPruning.Settings.class,
                    "sets the weights of least magnitude to 0, at once or in steps",
                    "Han et al. 2015, arXiv:1506.02626; Zhu and Gupta 2017, arXiv:1710.01878"),
            new Kind<>(
                    "quantize",
                    Quantize.Settings.class,
                    "weights and values in int8, with int8 kernels in ONNX Runtime",
                    "Jacob et al. 2017, arXiv:1712.05877; Nagel et al. 2021, arXiv:2106.08295"),
            new Kind<>(
                    "quantize-in-training",
                    QuantizeInTraining.Settings.class,
                    "fine-tunes with the rounding of int8 built in, then quantizes",
                    "Jacob et al. 2017, arXiv:1712.05877; Esser et al. 2020, arXiv:1902.08153; Mishra and Marr 2017, arXiv:1711.05852"));

    private Compressors() {}
}
