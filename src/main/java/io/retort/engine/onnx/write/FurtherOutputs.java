package io.retort.engine.onnx.write;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import io.retort.engine.onnx.run.OnnxFile;
import io.retort.network.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Outputs of the same graph behind a network's logits: {@value #PROBABILITIES} {@code [batch, classes]}, float32, and
 * {@value #LABEL} {@code [batch]}, the name of the class with the greatest logit, of equal ones the first, a string.
 *
 * <p>The names of the classes are those of the file's metadata. The nodes are of the standard's own operators.
 */
public final class FurtherOutputs {
    public static final String PROBABILITIES = "probabilities";
    public static final String LABEL = "label";

    private static final String PREFIX = "outputs/";

    private FurtherOutputs() {}

    /** An output of a file. */
    public enum Output {
        LOGITS,
        PROBABILITIES,
        LABEL
    }

    /** What makes probabilities of logits. */
    public enum Activation {
        /** Over the classes, of which a row has one. */
        SOFTMAX("Softmax"),
        /** Of each class by itself. */
        SIGMOID("Sigmoid");

        private final String operator;

        Activation(String operator) {
            this.operator = operator;
        }
    }

    /** A model of ours with these outputs behind its logits. */
    public static byte[] behind(byte[] model, Set<Output> outputs, Activation activation) {
        List<String> classes = OnnxModel.classNames(model);
        OnnxGraph back = new OnnxGraph();
        if (outputs.contains(Output.PROBABILITIES)) {
            back.node(
                    activation.operator,
                    PREFIX + PROBABILITIES,
                    List.of(OnnxModel.LOGITS),
                    activation == Activation.SOFTMAX ? List.of(OnnxProtos.integer("axis", 1)) : List.of(),
                    PROBABILITIES);
            back.output(PROBABILITIES, Shape.vector(classes.size()));
        }
        if (outputs.contains(Output.LABEL)) {
            String names = back.initializer(texts(PREFIX + "classes", classes));
            String place = back.node(
                    "ArgMax",
                    PREFIX + "place",
                    List.of(OnnxModel.LOGITS),
                    List.of(OnnxProtos.integer("axis", 1), OnnxProtos.integer("keepdims", 0)));
            back.node("Gather", PREFIX + LABEL, List.of(names, place), List.of(), LABEL);
            back.text(LABEL);
        }
        GraphProto further = back.build();
        ModelProto parsed = OnnxFile.parsed(model);
        // a layer may have one of the names
        GraphProto.Builder whole = OnnxProtos.renamed(
                parsed.getGraph(), Map.of(PROBABILITIES, PROBABILITIES + "/value", LABEL, LABEL + "/value"));
        whole.addAllNode(further.getNodeList())
                .addAllInitializer(further.getInitializerList())
                .addAllOutput(further.getOutputList());
        return parsed.toBuilder().setGraph(whole).build().toByteArray();
    }

    /** The model with its first output alone, that of {@link #behind}'s argument. */
    public static byte[] without(byte[] model) {
        ModelProto parsed = OnnxFile.parsed(model);
        GraphProto whole = parsed.getGraph();
        if (whole.getOutputCount() == 1) {
            return model;
        }
        GraphProto.Builder first =
                whole.toBuilder().clearNode().clearInitializer().clearOutput().addOutput(whole.getOutput(0));
        whole.getNodeList().stream().filter(node -> !isFurther(node)).forEach(first::addNode);
        whole.getInitializerList().stream()
                .filter(constant -> !constant.getName().startsWith(PREFIX))
                .forEach(first::addInitializer);
        return parsed.toBuilder().setGraph(first).build().toByteArray();
    }

    private static boolean isFurther(NodeProto node) {
        String output = node.getOutput(0);
        return output.startsWith(PREFIX) || output.equals(PROBABILITIES) || output.equals(LABEL);
    }

    private static TensorProto texts(String name, List<String> values) {
        TensorProto.Builder constant = TensorProto.newBuilder()
                .setName(name)
                .setDataType(DataType.STRING_VALUE)
                .addDims(values.size());
        values.forEach(value -> constant.addStringData(ByteString.copyFromUtf8(value)));
        return constant.build();
    }
}
