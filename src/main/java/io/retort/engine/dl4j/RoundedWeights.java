package io.retort.engine.dl4j;

import io.retort.network.Layer;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.int8.AffineCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The weights that a network in training rounds to int8 ({@link Layer.FakeQuantize}): forward and backward use the
 * rounded values, and the gradient is taken for that of the weights themselves (Bengio et al. 2013, arXiv:1308.3432).
 *
 * <p>They are rounded in place and put back, so that no layer needs to know.
 */
public final class RoundedWeights {
    /** Where a layer's weights are, with the network's axes, and to how many bits they are rounded. */
    private record Weights(INDArray view, int bits) {}

    private final List<Weights> rounded;

    private RoundedWeights(List<Weights> rounded) {
        this.rounded = rounded;
    }

    static RoundedWeights of(Structure structure, GraphParameters parameters) {
        List<Weights> rounded = new ArrayList<>();
        bits(structure)
                .forEach((node, bits) -> parameters.places(node).stream()
                        .filter(place -> place.parameter().equals("weight"))
                        .forEach(place -> rounded.add(new Weights(parameters.view(node, place), bits))));
        return new RoundedWeights(List.copyOf(rounded));
    }

    /** The nodes whose weights are rounded, and to how many bits, in the structure's order. */
    public static Map<String, Integer> bits(Structure structure) {
        Map<String, Layer.FakeQuantize> quantized = new HashMap<>();
        Map<String, Integer> bits = new LinkedHashMap<>();
        for (Node node : structure.nodes()) {
            Layer.FakeQuantize read = quantized.get(node.inputs().get(0));
            if (node.layer() instanceof Layer.FakeQuantize fake) {
                quantized.put(node.name(), fake);
            } else if (read != null && moves(node.layer())) {
                quantized.put(node.name(), read);
            } else if (read != null && multiplies(node.layer())) {
                bits.put(node.name(), read.weightBits());
            }
        }
        return bits;
    }

    /** Whether rounded values pass through unchanged. */
    private static boolean moves(Layer layer) {
        return layer instanceof Layer.Flatten
                || (layer instanceof Layer.Pool pool && pool.kind() == Layer.Pool.Kind.MAX);
    }

    private static boolean multiplies(Layer layer) {
        return layer instanceof Layer.Conv || layer instanceof Layer.DepthwiseConv || layer instanceof Layer.Dense;
    }

    /** Does some work while the weights are rounded. */
    <R> R during(Supplier<R> work) {
        if (rounded.isEmpty()) {
            return work.get();
        }
        List<INDArray> kept = new ArrayList<>();
        for (Weights weights : rounded) {
            kept.add(weights.view().dup('c'));
            weights.view().assign(roundTrip(kept.get(kept.size() - 1), weights.bits()));
        }
        try {
            return work.get();
        } finally {
            for (int i = 0; i < kept.size(); i++) {
                rounded.get(i).view().assign(kept.get(i));
            }
        }
    }

    private static INDArray roundTrip(INDArray weights, int bits) {
        float[] values = weights.data().asFloat();
        round(values, Math.toIntExact(weights.size(0)), bits);
        return Nd4j.createFromArray(values).reshape('c', weights.shape());
    }

    /**
     * Rounds in place; leaves weights that are not all finite, since the loss will show that the training diverges.
     *
     * @param weights {@code [outputs, ...]}
     */
    public static void round(float[] weights, int outputs, int bits) {
        for (float weight : weights) {
            if (!Float.isFinite(weight)) {
                return;
            }
        }
        int perOutput = weights.length / outputs;
        for (int from = 0; from < weights.length; from += perOutput) {
            float greatest = 0;
            for (int i = from; i < from + perOutput; i++) {
                greatest = Math.max(greatest, Math.abs(weights[i]));
            }
            AffineCode code = AffineCode.symmetric(greatest, bits);
            for (int i = from; i < from + perOutput; i++) {
                weights[i] = code.roundTrip(weights[i]);
            }
        }
    }
}
