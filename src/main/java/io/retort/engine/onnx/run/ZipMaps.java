package io.retort.engine.onnx.run;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;
import java.util.stream.Stream;

/**
 * Outputs that are a map from class to probability for each row, as converters of scikit-learn make them by default: the
 * operator ZipMap of {@code ai.onnx.ml}. Instead of the map the tensor is read that it is made of, under the map's name;
 * its columns are in the order of the operator's labels.
 */
final class ZipMaps {
    private static final String OPERATOR = "ZipMap";
    private static final int IDENTITY_SINCE = 13;

    private ZipMaps() {}

    /** The outputs of a model that are such maps. */
    static List<String> outputs(ModelProto model) {
        return nodes(model.getGraph()).map(node -> node.getOutput(0)).toList();
    }

    /** The classes of the first of them, in the order of the tensor's columns; none where there is no such output. */
    static List<String> classLabels(ModelProto model) {
        return nodes(model.getGraph()).limit(1).flatMap(ZipMaps::labels).toList();
    }

    /** The labels that a classifier or a ZipMap has as attributes, of which one is empty. */
    static Stream<String> labels(NodeProto node) {
        return node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().startsWith("classlabels_"))
                .flatMap(ZipMaps::labels);
    }

    private static Stream<String> labels(AttributeProto attribute) {
        return Stream.concat(
                attribute.getStringsList().stream().map(label -> label.toStringUtf8()),
                attribute.getIntsList().stream().map(label -> label.toString()));
    }

    /** As {@link #asTensors(ModelProto)}, of the bytes of a model. */
    static byte[] asTensors(byte[] model) {
        ModelProto parsed = OnnxFile.parsed(model);
        return outputs(parsed).isEmpty() ? model : asTensors(parsed).toByteArray();
    }

    /** The model with tensors instead of the maps. */
    static ModelProto asTensors(ModelProto model) {
        List<String> maps = outputs(model);
        if (maps.isEmpty()) {
            return model;
        }
        ModelProto.Builder plain = model.toBuilder();
        if (plain.getOpsetImportList().stream().noneMatch(set -> set.getDomain().isEmpty())) {
            plain.addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(IDENTITY_SINCE));
        }
        GraphProto.Builder graph = plain.getGraphBuilder();
        for (NodeProto.Builder node : graph.getNodeBuilderList()) {
            if (isZipMap(node.build())) {
                node.setOpType("Identity").clearDomain().clearAttribute();
            }
        }
        for (ValueInfoProto.Builder output : graph.getOutputBuilderList()) {
            if (maps.contains(output.getName())) {
                output.clearType(); // ONNX Runtime finds it
            }
        }
        return plain.build();
    }

    private static Stream<NodeProto> nodes(GraphProto graph) {
        return graph.getNodeList().stream().filter(ZipMaps::isZipMap);
    }

    private static boolean isZipMap(NodeProto node) {
        return node.getOpType().equals(OPERATOR) && node.getInputCount() == 1 && node.getOutputCount() == 1;
    }
}
