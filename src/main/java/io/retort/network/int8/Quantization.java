package io.retort.network.int8;

import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import io.retort.network.TokenLayer;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How a network is run in int8: the code of each quantized value, and the codes of each quantized layer's weights. What
 * is named in neither map stays float32.
 *
 * <p>A quantized layer's bias is an int32 of scale {@code scale(input) · scale(weight)}, so that it is added to the
 * sums of products as they are (Jacob et al. 2017, arXiv:1712.05877, section 2.4).
 *
 * @param values by the name of the node that gives the value, or {@link Structure#INPUT} for the scaled features
 * @param weights by the name of the node
 */
public record Quantization(Map<String, AffineCode> values, Map<String, WeightCodes> weights) implements Serializable {
    /** The bits of a bias. */
    private static final double MAX_BIAS = Integer.MAX_VALUE;

    public Quantization {
        values = Collections.unmodifiableMap(new TreeMap<>(values));
        weights = Collections.unmodifiableMap(new TreeMap<>(weights));
        if (values.containsValue(null) || weights.containsValue(null)) { // JSON may hold null
            throw new IllegalArgumentException("each name in values and in weights must have a code, was given null");
        }
    }

    /** A network that stays as it is. */
    public static Quantization none() {
        return new Quantization(Map.of(), Map.of());
    }

    /** Refuses codes of nodes that a network has not, and weights whose layer reads a value without a code. */
    public Quantization requireFits(Network network) {
        Map<String, Node> nodes = new HashMap<>();
        network.structure().nodes().forEach(node -> nodes.put(node.name(), node));
        Set<String> known = new HashSet<>(nodes.keySet());
        known.add(Structure.INPUT);
        for (String value : values.keySet()) {
            if (!known.contains(value)) {
                throw new IllegalArgumentException("the quantization has a code for '" + value
                        + "', which is no node of the network; it belongs to another network");
            }
        }
        weights.forEach((name, codes) -> {
            Node node = nodes.get(name);
            if (node == null || !network.parameters().containsKey(node.parameter("weight"))) {
                throw new IllegalArgumentException("the quantization has codes for the weights of '" + name
                        + "', which is no layer with weights; it belongs to another network");
            }
            codes.requireFits(network.parameter(node.parameter("weight")));
            if (!values.containsKey(node.inputs().get(0))) {
                throw new IllegalArgumentException("the weights of '" + name + "' are quantized, but its input '"
                        + node.inputs().get(0) + "' is not; both must be, or neither");
            }
        });
        return this;
    }

    /** The scales of the bias of a quantized layer, one for each code of its weights; the zero points are 0. */
    public List<Float> biasScales(Node node) {
        float input = values.get(node.inputs().get(0)).scale();
        return weights.get(node.name()).codes().stream()
                .map(code -> input * code.scale())
                .toList();
    }

    /** A bias in whole steps of {@link #biasScales}. */
    public int[] quantizeBias(Node node, Tensor bias) {
        List<Float> scales = biasScales(node);
        int[] steps = new int[bias.values().length];
        for (int c = 0; c < steps.length; c++) {
            double step = Math.rint((double) bias.values()[c] / scales.get(scales.size() == 1 ? 0 : c));
            steps[c] = (int) Math.max(-MAX_BIAS, Math.min(MAX_BIAS, step));
        }
        return steps;
    }

    /** The bias of whole steps. */
    public Tensor dequantizeBias(Node node, List<Integer> sizes, int[] steps) {
        List<Float> scales = biasScales(node);
        float[] values = new float[steps.length];
        for (int c = 0; c < steps.length; c++) {
            values[c] = steps[c] * scales.get(scales.size() == 1 ? 0 : c);
        }
        return new Tensor(sizes, values);
    }

    /** A bias as it is read back. */
    public Tensor roundTripBias(Node node, Tensor bias) {
        return dequantizeBias(node, bias.sizes(), quantizeBias(node, bias));
    }

    /** The same network with the weights and biases that int8 leaves of them: what its quantized form computes with. */
    public Network rounded(Network network) {
        requireFits(network);
        Map<String, Tensor> parameters = new HashMap<>(network.parameters());
        for (Node node : network.structure().nodes()) {
            WeightCodes codes = weights.get(node.name());
            if (codes != null) {
                parameters.computeIfPresent(node.parameter("weight"), (name, weight) -> codes.roundTrip(weight));
                parameters.computeIfPresent(node.parameter("bias"), (name, bias) -> roundTripBias(node, bias));
            }
        }
        return new Network(network.structure(), parameters);
    }

    /** The names of layers with weights that stay float32, in the network's order. */
    public List<String> keptInFloat(Network network) {
        List<String> kept = new ArrayList<>();
        for (Node node : network.structure().nodes()) {
            boolean weighted =
                    node.layer() instanceof TokenLayer || network.parameters().containsKey(node.parameter("weight"));
            if (weighted && !weights.containsKey(node.name())) {
                kept.add(node.name());
            }
        }
        return kept;
    }
}
