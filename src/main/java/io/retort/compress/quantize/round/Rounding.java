package io.retort.compress.quantize.round;

import io.retort.compress.Calibration;
import io.retort.compress.quantize.calibrate.Statistics;
import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.int8.Quantization;
import java.io.Serializable;
import java.util.List;

/**
 * Chooses the whole number of steps that each weight becomes, given the size of the steps. A rounding is the record of
 * its own settings.
 */
public interface Rounding extends Serializable {
    /** The kinds of rounding of weights. */
    Catalogue<Rounding> CATALOGUE = Catalogue.of(
            "roundings",
            Rounding.class,
            new Kind<>(
                    "adaptive",
                    AdaptiveRounding.class,
                    "each weight up or down such that the layer's outputs change least",
                    "Nagel et al. 2020, arXiv:2004.10568"),
            new Kind<>(
                    "nearest",
                    NearestRounding.class,
                    "each weight to the nearest step",
                    "Jacob et al. 2017, arXiv:1712.05877, section 2.1"));

    /**
     * A network of which {@link Quantization#rounded} makes the weights that were chosen: each weight is nearest to its
     * chosen code. Biases are corrected where the context demands it; all else stays.
     *
     * @param network in float32, the reference
     * @param quantization the codes of its values and weights
     */
    Network rounded(Network network, Quantization quantization, Context context);

    /**
     * A remark for the report on how a layer was rounded; may be empty.
     *
     * @param available samples of the training data
     */
    String remark(Structure structure, Node node, long available);

    /**
     * The circumstances of a rounding, besides the network and its codes.
     *
     * @param statistics of the float32 network's values
     * @param corrections to be made
     * @param calibration samples of the training data
     */
    record Context(Statistics statistics, List<Correction> corrections, Calibration calibration) {
        public Context {
            corrections = List.copyOf(corrections);
        }

        boolean correctsBiases() {
            return corrections.contains(Correction.BIAS_CORRECTION);
        }
    }

    /** A change of a network's parameters that makes rounding cost less accuracy. */
    enum Correction {
        /** Scales of neighbouring layers are made alike, which rounding by layer needs. */
        CROSS_LAYER_EQUALISATION,
        /** The mean of the rounding error is taken from each bias. */
        BIAS_CORRECTION
    }
}
