package io.retort.compress.quantize.round;

import io.retort.network.Network;
import io.retort.network.Node;
import io.retort.network.Structure;
import io.retort.network.int8.Quantization;

/** To nearest, ties to even: each weight by itself, whatever it is multiplied by. Biases are corrected by {@link BiasCorrection}. */
public final class NearestRounding implements Rounding {
    /** Kind {@code nearest}. */
    public record Settings() implements RoundingSettings {
        @Override
        public Rounding rounding() {
            return new NearestRounding();
        }
    }

    @Override
    public Network rounded(Network network, Quantization quantization, RoundingContext context) {
        return context.correctsBiases() ? BiasCorrection.of(network, quantization, context.statistics()) : network;
    }

    @Override
    public String remark(Structure structure, Node node, long available) {
        return "";
    }
}
