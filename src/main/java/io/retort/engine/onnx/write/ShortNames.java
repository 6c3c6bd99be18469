package io.retort.engine.onnx.write;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.HashMap;
import java.util.Map;

/**
 * Gives the inner values of a graph the shortest names there are, and takes those of its nodes. In the file of a small network of int8 or halves,
 * names and not numbers would take up most of the bytes.
 */
final class ShortNames {
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
