package io.retort.engine.onnx.write;

import ai.onnx.proto.OnnxMl.GraphProto;
import io.retort.network.InputScaling;
import io.retort.network.InputScaling.ScalingSteps;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Writes a network into a graph, node by node; a node's value has its name, so that taps are found by it. */
final class NetworkWriter {
    private final Network network;
    private final GraphRewriter wiring;
    private final Map<String, Shape> shapes;
    private final OnnxGraph graph = new OnnxGraph();
    /** The name of the value that the readers of a node's value, or of the scaled input, get. */
    private final Map<String, String> read = new HashMap<>();

    private NetworkWriter(Network network, GraphRewriter wiring) {
        this.network = network;
        this.wiring = wiring;
        this.shapes = network.structure().shapes();
    }

    /** The graph of a network, from its features to its logits, with something between values and their readers. */
    static GraphProto graph(Network network, GraphRewriter wiring) {
        return whole(network, wiring).graph().build();
    }

    /** Has written a network, from its features to its logits; outputs may be added. */
    static NetworkWriter whole(Network network, GraphRewriter wiring) {
        NetworkWriter writer = new NetworkWriter(network, wiring);
        Structure structure = network.structure();
        writer.write(structure.nodes());
        writer.graph.output(OnnxModel.LOGITS, Shape.vector(structure.classes()));
        return writer;
    }

    /** Has written what the values of some nodes need, and no output. */
    static NetworkWriter upTo(Collection<String> nodes, Network network) {
        NetworkWriter writer = new NetworkWriter(network, GraphRewriter.DIRECT);
        writer.write(needed(nodes, network.structure()));
        return writer;
    }

    private static List<Node> needed(Collection<String> nodes, Structure structure) {
        Set<String> names = new HashSet<>(nodes);
        List<Node> backwards = new ArrayList<>(structure.nodes());
        Collections.reverse(backwards);
        backwards.stream().filter(node -> names.contains(node.name())).forEach(node -> names.addAll(node.inputs()));
        return structure.nodes().stream()
                .filter(node -> names.contains(node.name()))
                .toList();
    }

    private void write(List<Node> nodes) {
        Structure structure = network.structure();
        String features = structure.vocabulary().isPresent()
                ? graph.tokens(OnnxModel.INPUT, structure.input())
                : graph.input(OnnxModel.INPUT, structure.input());
        String scaled = scaled(features, structure.scaling());
        read.put(Structure.INPUT, wiring.value(graph, Structure.INPUT, scaled));
        for (Node node : nodes) {
            String value = node.layer().accept(new LayerWriter(this, node));
            read.put(node.name(), wiring.value(graph, node.name(), value));
        }
    }

    /** The {@link ScalingSteps}, without those that would change nothing. */
    private String scaled(String features, InputScaling scaling) {
        ScalingSteps steps = ScalingSteps.of(scaling);
        String value = scaleStep("Mul", features, "input/unit", 1, steps.unit(), "input/in-unit");
        value = scaleStep("Sub", value, "input/mean", 0, steps.offset(), "input/centred");
        value = scaleStep("Sub", value, "input/rest", 0, steps.rest(), "input/well-centred");
        return scaleStep("Mul", value, "input/factor", 1, steps.factor(), "input/scaled");
    }

    /** @param neutral the operand that changes nothing */
    private String scaleStep(
            String operator, String value, String name, float neutral, float[] operand, String result) {
        if (allAre(neutral, operand)) {
            return value;
        }
        List<Integer> perChannel =
                network.structure().input().isImage() ? List.of(1, operand.length, 1, 1) : List.of(1, operand.length);
        String constant = graph.initializer(OnnxProtos.floats(name, new Tensor(perChannel, operand)));
        return graph.node(operator, result, List.of(value, constant), List.of());
    }

    private static boolean allAre(float expected, float[] values) {
        return IntStream.range(0, values.length).allMatch(i -> values[i] == expected);
    }

    Network network() {
        return network;
    }

    GraphRewriter wiring() {
        return wiring;
    }

    OnnxGraph graph() {
        return graph;
    }

    /** The shape of a node's value, or of the input. */
    Shape shape(String node) {
        return shapes.get(node);
    }

    /** The name of a written node's value, or of the scaled input, as its readers get it. */
    String read(String node) {
        return read.get(node);
    }

    /** The name of the value that a node gives. */
    String valueOf(String node) {
        if (node.equals(network.structure().output().name())) {
            return OnnxModel.LOGITS;
        }
        return node.equals(OnnxModel.LOGITS) ? node + "/value" : node;
    }
}
