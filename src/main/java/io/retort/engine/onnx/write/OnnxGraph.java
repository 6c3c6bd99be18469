package io.retort.engine.onnx.write;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.retort.network.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A graph while it is written: everything stands in it in the order in which it is added. */
final class OnnxGraph {
    private final GraphProto.Builder proto = GraphProto.newBuilder().setName("network");

    /** Declares an input {@code [batch, ...]}. */
    String input(String name, Shape shape) {
        proto.addInput(OnnxProtos.value(name, shape));
        return name;
    }

    /** Declares an input of token ids, int64 {@code [batch, length]}. */
    String tokens(String name, Shape shape) {
        proto.addInput(OnnxProtos.value(name, shape, DataType.INT64_VALUE));
        return name;
    }

    /** Declares an input of texts {@code [batch, ...]}. */
    String texts(String name, Shape shape) {
        proto.addInput(OnnxProtos.value(name, shape, DataType.STRING_VALUE));
        return name;
    }

    /** Declares an output {@code [batch, ...]}, a value that a node gives. */
    void output(String name, Shape shape) {
        proto.addOutput(OnnxProtos.value(name, shape));
    }

    /** Declares an output of one text for each row. */
    void text(String name) {
        proto.addOutput(OnnxProtos.value(name, List.of(), DataType.STRING_VALUE));
    }

    /** Adds a node with one output, whose name is the node's too. */
    String node(String operator, String name, List<String> inputs, List<AttributeProto> attributes) {
        return node(operator, name, inputs, attributes, name);
    }

    /** Adds a node with one output; the result is its name. */
    String node(String operator, String name, List<String> inputs, List<AttributeProto> attributes, String output) {
        proto.addNode(NodeProto.newBuilder()
                .setName(name)
                .setOpType(operator)
                .addAllInput(inputs)
                .addOutput(output)
                .addAllAttribute(attributes));
        return output;
    }

    /** Adds a node of the domain {@code ai.onnx.ml} with one input and one output; the result is its name. */
    String mlNode(String operator, String name, String input, List<AttributeProto> attributes) {
        proto.addNode(NodeProto.newBuilder()
                .setName(name)
                .setDomain("ai.onnx.ml")
                .setOpType(operator)
                .addInput(input)
                .addOutput(name)
                .addAllAttribute(attributes));
        return name;
    }

    /** Adds a constant; the result is its name. */
    String initializer(TensorProto constant) {
        proto.addInitializer(constant);
        return constant.getName();
    }

    GraphProto build() {
        return proto.build();
    }

    /**
     * Gives the inner values of a graph the shortest names there are, and takes those of its nodes. In the file of a
     * small network of int8 or halves, names and not numbers would take up most of the bytes.
     */
    static final class ShortNames {
        private static final int RADIX = Character.MAX_RADIX;

        private final Map<String, String> names = new HashMap<>();

        private ShortNames() {}

        static GraphProto in(GraphProto graph) {
            ShortNames shorter = new ShortNames();
            graph.getInputList().forEach(input -> shorter.names.put(input.getName(), input.getName()));
            graph.getOutputList().forEach(output -> shorter.names.put(output.getName(), output.getName()));
            GraphProto.Builder renamed = graph.toBuilder().clearInitializer().clearNode();
            for (TensorProto constant : graph.getInitializerList()) {
                renamed.addInitializer(constant.toBuilder().setName(shorter.of(constant.getName())));
            }
            for (NodeProto node : graph.getNodeList()) {
                NodeProto.Builder builder =
                        node.toBuilder().clearName().clearInput().clearOutput();
                node.getInputList().forEach(input -> builder.addInput(shorter.of(input)));
                node.getOutputList().forEach(output -> builder.addOutput(shorter.of(output)));
                renamed.addNode(builder);
            }
            return renamed.build();
        }

        /** Optional inputs that are left out have no name. */
        private String of(String name) {
            return name.isEmpty() ? name : names.computeIfAbsent(name, unused -> Integer.toString(names.size(), RADIX));
        }
    }
}
