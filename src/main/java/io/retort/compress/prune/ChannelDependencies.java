package io.retort.compress.prune;

import io.retort.network.Layer;
import io.retort.network.MovingLayer;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.TokenLayer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * The groups of coupled channels of a network, which come and go together.
 *
 * <p>Every output channel of a convolution or dense layer is an <em>atom</em>; the layers between hand atoms on, and a
 * sum makes one of those that it adds (its inputs must all lose the same channel). So each value of the network is an
 * array with the atom of each channel, which is all that a topology is here: a concatenation puts arrays one after the
 * other. Where the number of a channel has a meaning (groups, slices, shuffles, shifts), the channel is pinned: it
 * stays.
 */
final class ChannelDependencies {
    private final Structure structure;
    private final Map<String, Shape> shapes;
    private final Map<String, int[]> layouts = new LinkedHashMap<>();
    private final List<String> producers = new ArrayList<>();
    private final List<Integer> parents = new ArrayList<>();
    private final Set<Integer> pinned = new LinkedHashSet<>();

    private ChannelDependencies(Structure structure) {
        this.structure = structure;
        this.shapes = structure.shapes();
        layouts.put(Structure.INPUT, fresh(Structure.INPUT, structure.input().channels()));
        for (Node node : structure.nodes()) {
            layouts.put(node.name(), node.layer().accept(new Flow(node)));
        }
    }

    static ChannelDependencies of(Structure structure) {
        return new ChannelDependencies(structure);
    }

    /**
     * Channels that are alike: made by the same layers, and each lost by all of them or by none.
     *
     * @param producers the layers that make them
     * @param units channel ids: each is the representative of its set of atoms
     */
    record Group(List<String> producers, List<Integer> units) {
        String name() {
            return String.join(" + ", producers);
        }
    }

    /**
     * The groups that may be cut, in the order of the network: all but those with a channel of the input, a logit, or a
     * channel whose place counts.
     */
    List<Group> groups() {
        Map<Integer, Set<String>> makers = new TreeMap<>();
        for (int atom = 0; atom < parents.size(); atom++) {
            makers.computeIfAbsent(unit(atom), key -> new LinkedHashSet<>()).add(producers.get(atom));
        }
        for (int logit : layouts.get(structure.output().name())) {
            makers.remove(unit(logit));
        }
        pinned.forEach(atom -> makers.remove(unit(atom)));
        Map<Set<String>, List<Integer>> groups = new LinkedHashMap<>();
        makers.forEach((unit, layers) -> {
            if (!layers.contains(Structure.INPUT)) {
                groups.computeIfAbsent(layers, key -> new ArrayList<>()).add(unit);
            }
        });
        return groups.entrySet().stream()
                .map(entry -> new Group(List.copyOf(entry.getKey()), List.copyOf(entry.getValue())))
                .toList();
    }

    /** The unit of each channel of a node's output, or of {@link Structure#INPUT}. */
    int[] units(String node) {
        return Arrays.stream(layouts.get(node)).map(this::unit).toArray();
    }

    /** More than any unit's number. */
    int atoms() {
        return parents.size();
    }

    private int unit(int atom) {
        int root = atom;
        while (parents.get(root) != root) {
            root = parents.get(root);
        }
        return root;
    }

    private int[] fresh(String producer, int channels) {
        int[] atoms = new int[channels];
        for (int c = 0; c < channels; c++) {
            atoms[c] = parents.size();
            parents.add(parents.size());
            producers.add(producer);
        }
        return atoms;
    }

    /** Keeps channels whatever happens. */
    private int[] pin(int[] atoms) {
        Arrays.stream(atoms).forEach(pinned::add);
        return atoms;
    }

    private void join(int first, int second) {
        int low = Math.min(unit(first), unit(second));
        parents.set(unit(first), low);
        parents.set(unit(second), low);
    }

    /** The atoms of a node's output. */
    private final class Flow implements Layer.Visitor<int[]> {
        private final Node node;

        Flow(Node node) {
            this.node = node;
        }

        private int[] input() {
            return layouts.get(node.inputs().get(0));
        }

        @Override
        public int[] conv(Layer.Conv layer) {
            return fresh(node.name(), layer.outputs());
        }

        @Override
        public int[] depthwiseConv(Layer.DepthwiseConv layer) {
            return input();
        }

        @Override
        public int[] dense(Layer.Dense layer) {
            return fresh(node.name(), layer.outputs());
        }

        @Override
        public int[] batchNorm(Layer.BatchNorm layer) {
            return input();
        }

        @Override
        public int[] activate(Layer.Activate layer) {
            return input();
        }

        @Override
        public int[] pool(Layer.Pool layer) {
            return input();
        }

        @Override
        public int[] globalAveragePool(Layer.GlobalAveragePool layer) {
            return input();
        }

        /** Each channel becomes as many features as it has pixels. */
        @Override
        public int[] flatten(Layer.Flatten layer) {
            Shape shape = shapes.get(node.inputs().get(0));
            int plane = shape.height() * shape.width();
            int[] channels = input();
            int[] features = new int[channels.length * plane];
            for (int i = 0; i < features.length; i++) {
                features[i] = channels[i / plane];
            }
            return features;
        }

        @Override
        public int[] add(Layer.Add layer) {
            int[] sum = input();
            for (String other : node.inputs()) {
                int[] atoms = layouts.get(other);
                for (int c = 0; c < sum.length; c++) {
                    join(sum[c], atoms[c]);
                }
            }
            return sum;
        }

        /** Groups must stay equally large, so nothing of them is cut. */
        @Override
        public int[] groupedConv(Layer.GroupedConv layer) {
            pin(input());
            return pin(fresh(node.name(), layer.outputs()));
        }

        @Override
        public int[] concat(Layer.Concat layer) {
            return node.inputs().stream()
                    .flatMapToInt(name -> Arrays.stream(layouts.get(name)))
                    .toArray();
        }

        /** A channel goes with its gate. */
        @Override
        public int[] gate(Layer.Gate layer) {
            int[] image = input();
            int[] gates = layouts.get(node.inputs().get(1));
            for (int c = 0; c < image.length; c++) {
                join(image[c], gates[c]);
            }
            return image;
        }

        @Override
        public int[] slice(Layer.Slice layer) {
            return Arrays.copyOfRange(pin(input()), layer.first(), layer.first() + layer.channels());
        }

        @Override
        public int[] fakeQuantize(Layer.FakeQuantize layer) {
            return input();
        }

        @Override
        public int[] channelShuffle(MovingLayer.ChannelShuffle layer) {
            return moved(channel -> layer.source(channel, input().length));
        }

        @Override
        public int[] channelShift(MovingLayer.ChannelShift layer) {
            return moved(channel -> layer.source(channel, input().length));
        }

        /** Where a channel looks depends on its number. */
        @Override
        public int[] shift(MovingLayer.Shift layer) {
            return pin(input());
        }

        @Override
        public int[] activeShift(MovingLayer.ActiveShift layer) {
            return input();
        }

        /** A table is left alone: its columns cost no MACs. */
        @Override
        public int[] embedding(TokenLayer.Embedding layer) {
            return pin(fresh(node.name(), layer.dimension()));
        }

        @Override
        public int[] embeddingBag(TokenLayer.EmbeddingBag layer) {
            return pin(fresh(node.name(), layer.dimension()));
        }

        /** Where a channel goes depends on how many there are. */
        private int[] moved(IntUnaryOperator source) {
            int[] channels = pin(input());
            return IntStream.range(0, channels.length)
                    .map(channel -> channels[source.applyAsInt(channel)])
                    .toArray();
        }
    }
}
