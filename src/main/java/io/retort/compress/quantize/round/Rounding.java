package io.retort.compress.quantize.round;

import io.retort.network.Network;
import io.retort.network.Node;
import io.retort.network.Structure;
import io.retort.network.int8.Quantization;

/** Chooses the whole number of steps that each weight becomes, when the size of the steps is known. */
public interface Rounding {
    /**
     * A network of which {@link Quantization#rounded} makes the weights that were chosen: what it holds is nearest to no other code than theirs. Biases are
     * corrected where the context says so; all else stays.
     *
     * @param network in float32, what the result is to be near to
     * @param quantization the codes of its values and weights
     */
    Network rounded(Network network, Quantization quantization, RoundingContext context);

    /**
     * What the report says of how a layer was rounded, after what else it says; may be empty.
     *
     * @param available samples of the training data
     */
    String remark(Structure structure, Node node, long available);
}
