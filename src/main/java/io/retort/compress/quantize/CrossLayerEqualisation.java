package io.retort.compress.quantize;

import io.retort.compress.quantize.round.WeightLayout;
import io.retort.network.Layer;
import io.retort.network.Layer.Activate.Function;
import io.retort.network.Network;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the channels between two layers equally wide, without a change of the network's function: since
 * {@code relu(s·x) = s·relu(x)} for s &gt; 0, the weights and bias of output channel i of the first layer are divided
 * by {@code sᵢ = √(r¹ᵢ · r²ᵢ) / r²ᵢ}, and those of the second that read it are multiplied by it, r being
 * the greatest magnitude of the channel's weights in either layer (Nagel et al. 2019, arXiv:1906.04721, section 4.1).
 *
 * <p>A channel of tiny weights, as network slimming leaves them, and a bias that is not would get a huge bias, whose
 * values spoil the range of all others. So no bias grows beyond {@value #MAX_BIAS} times the greatest that its layer
 * had (the paper absorbs such biases into the next layer instead, section 4.1.3).
 *
 * <p>Between the two there may be ReLU, pools and flattening, nothing else, and nothing else may read what is between.
 * All pairs are equalised again and again until no channel moves by more than 1 %.
 */
public final class CrossLayerEqualisation {
    private static final double SETTLED = 0.01;
    private static final int MAX_ROUNDS = 50;
    private static final int MAX_BIAS = 4;

    private final Network network;
    private final Map<String, float[]> values = new HashMap<>();

    private CrossLayerEqualisation(Network network) {
        this.network = network;
        network.parameters()
                .forEach((name, tensor) -> values.put(name, tensor.values().clone()));
    }

    /** Layers between which channels can be scaled. */
    private record Pair(Node first, Node second) {}

    public static Network of(Network network) {
        return new CrossLayerEqualisation(network).equalised();
    }

    private Network equalised() {
        List<Pair> pairs = pairs();
        double moved = Double.POSITIVE_INFINITY;
        for (int round = 0; round < MAX_ROUNDS && moved > SETTLED; round++) {
            moved = 0;
            for (Pair pair : pairs) {
                moved = Math.max(moved, equalise(pair));
            }
        }
        Map<String, Tensor> parameters = new HashMap<>();
        network.parameters()
                .forEach((name, tensor) -> parameters.put(name, new Tensor(tensor.sizes(), values.get(name))));
        return new Network(network.structure(), parameters);
    }

    private List<Pair> pairs() {
        Map<String, List<Node>> readers = new HashMap<>();
        for (Node node : network.structure().nodes()) {
            node.inputs()
                    .forEach(input -> readers.computeIfAbsent(input, unused -> new ArrayList<>())
                            .add(node));
        }
        List<Pair> pairs = new ArrayList<>();
        for (Node node : network.structure().nodes()) {
            if (isWeighted(node)) {
                next(node, readers).ifPresent(second -> pairs.add(new Pair(node, second)));
            }
        }
        return pairs;
    }

    private static Optional<Node> next(Node first, Map<String, List<Node>> readers) {
        Node at = first;
        while (true) {
            List<Node> reading = readers.getOrDefault(at.name(), List.of());
            if (reading.size() != 1 || reading.get(0).inputs().size() != 1) {
                return Optional.empty();
            }
            at = reading.get(0);
            if (isWeighted(at)) {
                return Optional.of(at);
            }
            if (!scalesAlong(at.layer())) {
                return Optional.empty();
            }
        }
    }

    private static boolean isWeighted(Node node) {
        return node.layer() instanceof Layer.Conv
                || node.layer() instanceof Layer.DepthwiseConv
                || node.layer() instanceof Layer.Dense;
    }

    /** Whether {@code f(s·x) = s·f(x)} for each channel and s &gt; 0. */
    private static boolean scalesAlong(Layer layer) {
        return (layer instanceof Layer.Activate activate && activate.function() == Function.RELU)
                || layer instanceof Layer.Pool
                || layer instanceof Layer.GlobalAveragePool
                || layer instanceof Layer.Flatten;
    }

    /** How far the channel that moved most was moved, as |ln s|. */
    private double equalise(Pair pair) {
        WeightLayout first = WeightLayout.of(network, pair.first());
        WeightLayout second = WeightLayout.of(network, pair.second());
        float[] firstWeights = values.get(pair.first().parameter("weight"));
        float[] secondWeights = values.get(pair.second().parameter("weight"));
        // More than 1 where an image was flattened between them.
        int featuresPerChannel = second.inputs() / first.outputs();
        double[] firstRange = new double[first.outputs()];
        double[] secondRange = new double[first.outputs()];
        for (int i = 0; i < firstWeights.length; i++) {
            int channel = first.outputOf(i);
            firstRange[channel] = Math.max(firstRange[channel], Math.abs(firstWeights[i]));
        }
        for (int i = 0; i < secondWeights.length; i++) {
            int channel = second.inputOf(i) / featuresPerChannel;
            secondRange[channel] = Math.max(secondRange[channel], Math.abs(secondWeights[i]));
        }
        float[] bias = values.getOrDefault(pair.first().parameter("bias"), new float[first.outputs()]);
        double mostBias = MAX_BIAS * greatestBias(pair.first());
        double moved = 0;
        double[] scale = new double[first.outputs()];
        for (int c = 0; c < scale.length; c++) {
            scale[c] = Math.sqrt(firstRange[c] * secondRange[c]) / secondRange[c];
            if (!(scale[c] > 0) || Double.isInfinite(scale[c])) {
                scale[c] = 1; // a channel of zeros on either side
            }
            if (Math.abs(bias[c]) > scale[c] * mostBias) {
                scale[c] = Math.abs(bias[c]) / mostBias;
            }
            moved = Math.max(moved, Math.abs(Math.log(scale[c])));
        }
        for (int i = 0; i < firstWeights.length; i++) {
            firstWeights[i] /= (float) scale[first.outputOf(i)];
        }
        for (int c = 0; c < bias.length; c++) {
            bias[c] /= (float) scale[c];
        }
        for (int i = 0; i < secondWeights.length; i++) {
            secondWeights[i] *= (float) scale[second.inputOf(i) / featuresPerChannel];
        }
        return moved;
    }

    /** Before anything was scaled. */
    private double greatestBias(Node node) {
        Tensor bias = network.parameters().get(node.parameter("bias"));
        double greatest = 0;
        for (int c = 0; bias != null && c < bias.values().length; c++) {
            greatest = Math.max(greatest, Math.abs(bias.values()[c]));
        }
        return greatest;
    }
}
