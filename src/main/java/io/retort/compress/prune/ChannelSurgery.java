package io.retort.compress.prune;

import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import io.retort.network.TokenLayer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Cuts channels out of a network: filters and their biases, what normalises them, and what reads them.
 *
 * <p>The result computes what the network computes when those channels are 0 wherever they are read.
 */
final class ChannelSurgery {
    private final Structure structure;
    private final ChannelDependencies layout;
    private final Set<Integer> cut;

    /** @param cut units of the layout */
    ChannelSurgery(Structure structure, ChannelDependencies layout, Set<Integer> cut) {
        this.structure = structure;
        this.layout = layout;
        this.cut = Set.copyOf(cut);
    }

    /** The structure without the channels. */
    Structure structure() {
        List<Node> nodes = new ArrayList<>();
        for (Node node : structure.nodes()) {
            int outputs = kept(node.name()).length;
            nodes.add(new Node(node.name(), narrowed(node.layer(), outputs), node.inputs()));
        }
        return structure.withNodes(nodes);
    }

    /** The network without the channels. */
    Network network(Network whole) {
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        for (Node node : structure.nodes()) {
            int[] outputs = kept(node.name());
            int[] inputs = kept(node.inputs().get(0));
            whole.parameters().forEach((name, tensor) -> {
                if (name.startsWith(node.name() + "/")) { // no node's name has a slash
                    boolean readsAll = tensor.sizes().size() > 1
                            && (node.layer() instanceof Layer.Conv || node.layer() instanceof Layer.Dense);
                    Tensor rows = node.layer() instanceof TokenLayer ? tensor : sliced(tensor, 0, outputs);
                    parameters.put(name, readsAll ? sliced(rows, 1, inputs) : rows);
                }
            });
        }
        return new Network(structure(), parameters);
    }

    private int[] kept(String node) {
        int[] units = layout.units(node);
        return IntStream.range(0, units.length)
                .filter(channel -> !cut.contains(units[channel]))
                .toArray();
    }

    /** The tensor with only some indices of an axis. */
    private static Tensor sliced(Tensor tensor, int axis, int[] kept) {
        List<Integer> sizes = new ArrayList<>(tensor.sizes());
        int before = sizes.subList(0, axis).stream().reduce(1, Math::multiplyExact);
        int length = sizes.get(axis);
        int after = tensor.values().length / before / length;
        if (kept.length == length) {
            return tensor;
        }
        float[] values = new float[before * kept.length * after];
        for (int b = 0; b < before; b++) {
            for (int k = 0; k < kept.length; k++) {
                System.arraycopy(
                        tensor.values(), (b * length + kept[k]) * after, values, (b * kept.length + k) * after, after);
            }
        }
        sizes.set(axis, kept.length);
        return new Tensor(sizes, values);
    }

    /**
     * The layer with another number of outputs; all but convolutions and dense layers have as many as they are given.
     */
    private static Layer narrowed(Layer layer, int outputs) {
        if (layer instanceof Layer.Conv conv) {
            return new Layer.Conv(outputs, conv.window(), conv.bias());
        }
        return layer instanceof Layer.Dense dense ? new Layer.Dense(outputs, dense.bias()) : layer;
    }
}
