package io.retort.compress.quantize;

import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.Node;
import io.retort.network.Tensor;

/**
 * Where in a weight tensor {@code [outputs, inputs, kH, kW]} or {@code [outputs, inputs]} the channels are. A depthwise tensor's input channel is its
 * output channel.
 */
record WeightLayout(Tensor weight, boolean depthwise) {
    static WeightLayout of(Network network, Node node) {
        return new WeightLayout(
                network.parameter(node.parameter("weight")), node.layer() instanceof Layer.DepthwiseConv);
    }

    int outputs() {
        return weight.sizes().get(0);
    }

    int inputs() {
        return depthwise ? outputs() : weight.sizes().get(1);
    }

    /** The weights of one output channel. */
    int perOutput() {
        return weight.values().length / outputs();
    }

    int outputOf(int element) {
        return element / perOutput();
    }

    int inputOf(int element) {
        return depthwise ? outputOf(element) : element % perOutput() / (perOutput() / inputs());
    }
}
