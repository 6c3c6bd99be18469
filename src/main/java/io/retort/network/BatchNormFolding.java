package io.retort.network;

import io.retort.network.Structure.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Moves a BatchNorm with its running statistics into the convolution or dense layer before it, so that inference does
 * not pay for it.
 *
 * <p>With {@code s = scale / √(variance + epsilon)}, per output channel, {@code weight' = s · weight} and
 * {@code bias' = s · (bias − mean) + shift} (Jacob et al. 2017, arXiv:1712.05877, section 3.2). The outputs are the
 * same up to rounding; in training they would not be.
 */
public final class BatchNormFolding {
    private final Network network;
    private final Map<String, Node> nodes = new HashMap<>();
    private final Map<String, Integer> readers = new HashMap<>();

    private BatchNormFolding(Network network) {
        this.network = network;
        for (Node node : network.structure().nodes()) {
            nodes.put(node.name(), node);
            node.inputs().forEach(input -> readers.merge(input, 1, Integer::sum));
        }
    }

    /**
     * The same function with fewer layers. A BatchNorm is folded where it alone reads a convolution or dense layer;
     * that layer keeps its name, has a bias, and gives what the BatchNorm gave.
     */
    public static Network fold(Network network) {
        return new BatchNormFolding(network).folded();
    }

    private Network folded() {
        Map<String, String> renamed = new HashMap<>();
        Map<String, Node> foldedAt = new HashMap<>();
        for (Node norm : network.structure().nodes()) {
            foldable(norm).ifPresent(weighted -> {
                renamed.put(norm.name(), weighted.name());
                foldedAt.put(norm.name(), weighted);
            });
        }
        List<Node> kept = new ArrayList<>();
        Map<String, Tensor> parameters = new LinkedHashMap<>(network.parameters());
        for (Node node : network.structure().nodes()) {
            Node weighted = foldedAt.get(node.name());
            if (weighted != null) {
                fold(weighted, node, parameters);
                kept.add(new Node(weighted.name(), withBias(weighted.layer()).orElseThrow(), weighted.inputs()));
            } else if (!renamed.containsValue(node.name())) {
                kept.add(node);
            }
        }
        List<Node> rewired = kept.stream()
                .map(node -> new Node(
                        node.name(),
                        node.layer(),
                        node.inputs().stream()
                                .map(input -> renamed.getOrDefault(input, input))
                                .toList()))
                .toList();
        Structure structure = network.structure();
        return new Network(structure.withNodes(rewired), parameters);
    }

    /** The layer that a BatchNorm can be folded into. */
    private Optional<Node> foldable(Node node) {
        if (!(node.layer() instanceof Layer.BatchNorm)) {
            return Optional.empty();
        }
        return Optional.ofNullable(nodes.get(node.inputs().get(0)))
                .filter(before -> readers.get(before.name()) == 1)
                .filter(before -> withBias(before.layer()).isPresent());
    }

    private void fold(Node weighted, Node norm, Map<String, Tensor> parameters) {
        double epsilon = ((Layer.BatchNorm) norm.layer()).epsilon();
        float[] scale = take(parameters, norm, "scale").values();
        float[] shift = take(parameters, norm, "shift").values();
        float[] mean = take(parameters, norm, "mean").values();
        float[] variance = take(parameters, norm, "variance").values();
        Tensor weight = parameters.get(weighted.parameter("weight"));
        Tensor bias = parameters.get(weighted.parameter("bias"));
        int outputs = scale.length;
        int perOutput = weight.values().length / outputs;
        float[] newWeight = new float[weight.values().length];
        float[] newBias = new float[outputs];
        for (int output = 0; output < outputs; output++) {
            double factor = scale[output] / Math.sqrt(variance[output] + epsilon);
            for (int i = output * perOutput; i < (output + 1) * perOutput; i++) {
                newWeight[i] = (float) (weight.values()[i] * factor);
            }
            double oldBias = bias == null ? 0 : bias.values()[output];
            newBias[output] = (float) ((oldBias - mean[output]) * factor + shift[output]);
        }
        parameters.put(weighted.parameter("weight"), new Tensor(weight.sizes(), newWeight));
        parameters.put(weighted.parameter("bias"), new Tensor(List.of(outputs), newBias));
    }

    private static Tensor take(Map<String, Tensor> parameters, Node node, String name) {
        return parameters.remove(node.parameter(name));
    }

    /** The layer with a bias, where it has weights by output channel. */
    private static Optional<Layer> withBias(Layer layer) {
        if (layer instanceof Layer.Conv conv) {
            return Optional.of(new Layer.Conv(conv.outputs(), conv.window(), Layer.Bias.PER_CHANNEL));
        }
        if (layer instanceof Layer.DepthwiseConv conv) {
            return Optional.of(new Layer.DepthwiseConv(conv.window(), Layer.Bias.PER_CHANNEL));
        }
        if (layer instanceof Layer.GroupedConv conv) {
            return Optional.of(
                    new Layer.GroupedConv(conv.outputs(), conv.groups(), conv.window(), Layer.Bias.PER_CHANNEL));
        }
        if (layer instanceof Layer.Dense dense) {
            return Optional.of(new Layer.Dense(dense.outputs(), Layer.Bias.PER_CHANNEL));
        }
        return Optional.empty();
    }
}
