package io.retort.compress.quantize.round;

import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;

/**
 * Where in a weight tensor {@code [outputs, inputs, kH, kW]} or {@code [outputs, inputs]} the channels are. A depthwise
 * tensor's input channel is its output channel.
 */
public record WeightLayout(Tensor weight, boolean depthwise) {
    public static WeightLayout of(Network network, Node node) {
        return new WeightLayout(
                network.parameter(node.parameter("weight")), node.layer() instanceof Layer.DepthwiseConv);
    }

    public int outputs() {
        return weight.sizes().get(0);
    }

    public int inputs() {
        return depthwise ? outputs() : weight.sizes().get(1);
    }

    /** The weights of one output channel. */
    int perOutput() {
        return weight.values().length / outputs();
    }

    public int outputOf(int element) {
        return element / perOutput();
    }

    public int inputOf(int element) {
        return depthwise ? outputOf(element) : element % perOutput() / (perOutput() / inputs());
    }
}
