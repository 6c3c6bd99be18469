package io.retort.engine.dl4j;

import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Turns the nodes of a structure into vertices of a DL4J graph; each visit returns the places of the parameters. */
abstract class Assembly implements Layer.Visitor<List<Assembly.ParameterLocation>> {
    /** DL4J's names of BatchNorm's parameters, in its own flat order. */
    static final List<ParameterLocation> BATCH_NORM = List.of(
            ParameterLocation.vector("scale", "gamma"),
            ParameterLocation.vector("shift", "beta"),
            ParameterLocation.vector("mean", "mean"),
            ParameterLocation.vector("variance", "var"));

    final GraphBuilder graph;
    final Structure structure;
    final Map<String, Shape> shapes;
    /**
     * The DL4J vertex that gives a node's output; differs from the node's name where a node needs no vertex of its own.
     */
    final Map<String, String> vertices = new LinkedHashMap<>(Map.of(Structure.INPUT, Structure.INPUT));

    private Node node;

    Assembly(GraphBuilder graph, Structure structure) {
        this.graph = graph;
        this.structure = structure;
        this.shapes = structure.shapes();
        this.node = structure.nodes().get(0);
    }

    /** Adds all nodes; returns the places of each node's parameters, in the vertex of the node's own name. */
    final Map<String, List<ParameterLocation>> assemble() {
        Map<String, List<ParameterLocation>> places = new LinkedHashMap<>();
        for (Node next : structure.nodes()) {
            node = next;
            vertices.putIfAbsent(node.name(), node.name()); // a node before it may have a vertex for both
            places.put(node.name(), node.layer().accept(this));
        }
        return places;
    }

    /** The vertex that gives a node's output. */
    final String vertex(String nodeName) {
        return vertices.get(nodeName);
    }

    /** The axis of an image's channels. */
    abstract int channelAxis();

    @Override
    public final List<ParameterLocation> dense(Layer.Dense layer) {
        add(new DenseLayer.Builder()
                .activation(Activation.IDENTITY)
                .hasBias(layer.bias() == Bias.PER_CHANNEL)
                .nIn(channels())
                .nOut(layer.outputs())
                .build());
        return weighted(layer.bias(), 1, 0);
    }

    /** Adds a layer that is the whole of this node. */
    void add(org.deeplearning4j.nn.conf.layers.Layer layer) {
        graph.addLayer(node.name(), layer, inputs());
    }

    /** The node that is added now. */
    final Node node() {
        return node;
    }

    /** The vertices that this node reads. */
    final String[] inputs() {
        return node.inputs().stream().map(vertices::get).toArray(String[]::new);
    }

    /** The shape of this node's first input. */
    final Shape inputShape() {
        return shapes.get(node.inputs().get(0));
    }

    /** The channels of this node's first input. */
    final int channels() {
        return inputShape().channels();
    }

    /** Where a layer has its weight, whose axes DL4J has in this order, and its bias. */
    static List<ParameterLocation> weighted(Bias bias, Integer... weightAxes) {
        List<ParameterLocation> places =
                new ArrayList<>(List.of(ParameterLocation.permuted("weight", "W", weightAxes)));
        if (bias == Bias.PER_CHANNEL) {
            places.add(ParameterLocation.vector("bias", "b"));
        }
        return places;
    }

    /**
     * Where one of a node's parameters lives in a DL4J graph.
     *
     * @param parameter its name within the node, as {@link io.retort.network.ParameterSpec} has it
     * @param key its name within the DL4J layer
     * @param toNetwork the permutation of the DL4J array's axes that gives the network's axes
     */
    record ParameterLocation(String parameter, String key, List<Integer> toNetwork) {
        /** A vector, which needs no permutation. */
        static ParameterLocation vector(String parameter, String key) {
            return new ParameterLocation(parameter, key, List.of(0));
        }

        static ParameterLocation permuted(String parameter, String key, Integer... toNetwork) {
            return new ParameterLocation(parameter, key, List.of(toNetwork));
        }

        /** The layer's array as a view with the network's axes. */
        INDArray networkView(INDArray layerArray) {
            if (toNetwork.size() == 1) {
                return layerArray.reshape(layerArray.length()); // DL4J has vectors as rows
            }
            return layerArray.permute(
                    toNetwork.stream().mapToInt(Integer::intValue).toArray());
        }
    }
}
