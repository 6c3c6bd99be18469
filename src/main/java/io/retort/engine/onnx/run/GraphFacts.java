package io.retort.engine.onnx.run;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a model's graph shows of how its answers come about.
 *
 * @param batchDependent operators by which a row's answer depends on the other rows of its batch, each once
 * @param random operators that draw random numbers, each once
 * @param classLabels the classes in the order of the outputs, of a model that has them as attributes (a forest, a
 *     linear or support vector classifier); otherwise none
 */
public record GraphFacts(List<String> batchDependent, List<String> random, List<String> classLabels) {
    /** They quantize by the least and the greatest value of the whole batch. */
    private static final Set<String> DYNAMICALLY_QUANTIZED =
            Set.of("DynamicQuantizeLinear", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM");

    private static final Set<String> RANDOM = Set.of(
            "Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike");

    public GraphFacts {
        batchDependent = List.copyOf(batchDependent);
        random = List.copyOf(random);
        classLabels = List.copyOf(classLabels);
    }

    static GraphFacts of(ModelProto model) {
        List<String> batchDependent = new ArrayList<>();
        List<String> random = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        OnnxFile.visit(model, message -> look(message, batchDependent, random, labels));
        return new GraphFacts(
                batchDependent.stream().distinct().sorted().toList(),
                random.stream().distinct().sorted().toList(),
                labels);
    }

    private static void look(
            Message message, List<String> batchDependent, List<String> random, List<String> classLabels) {
        if (!(message instanceof NodeProto node)) {
            return;
        }
        if (DYNAMICALLY_QUANTIZED.contains(node.getOpType())) {
            batchDependent.add(node.getOpType());
        } else if (RANDOM.contains(node.getOpType())) {
            random.add(node.getOpType());
        }
        for (AttributeProto attribute : node.getAttributeList()) {
            if (attribute.getName().equals("training_mode") && attribute.getI() == 1) {
                batchDependent.add(node.getOpType() + " in training mode");
            } else if (attribute.getName().startsWith("classlabels_") && classLabels.isEmpty()) {
                attribute.getStringsList().forEach(label -> classLabels.add(label.toStringUtf8()));
                attribute.getIntsList().forEach(label -> classLabels.add(label.toString()));
            }
        }
    }
}
