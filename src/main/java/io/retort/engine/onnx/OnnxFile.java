package io.retort.engine.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.retort.storage.ArtifactException;
import java.util.List;

/** Looks through the bytes of a model from anywhere, before ONNX Runtime sees them. */
final class OnnxFile {
    private OnnxFile() {}

    /** Refuses what is not an ONNX model, and tensors stored outside of the file, whose path the file's author chose. */
    static void requireSelfContained(byte[] model) {
        ModelProto parsed = parsed(model);
        if (parsed.getGraph().getNodeCount() == 0) {
            throw new ArtifactException(model.length + " bytes are not an ONNX model, or one without a graph");
        }
        requireValuesInside(parsed);
    }

    static ModelProto parsed(byte[] model) {
        try {
            return ModelProto.parseFrom(model);
        } catch (InvalidProtocolBufferException e) {
            throw new ArtifactException(model.length + " bytes are not an ONNX model, or a damaged one", e);
        }
    }

    /** Visits every tensor, wherever in the message it is: initialisers, attributes, subgraphs, functions. */
    private static void requireValuesInside(Message message) {
        if (message instanceof TensorProto tensor) {
            requireValuesInside(tensor);
            return;
        }
        for (Object field : message.getAllFields().values()) {
            if (field instanceof Message inner) {
                requireValuesInside(inner);
            } else if (field instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Message) {
                list.forEach(inner -> requireValuesInside((Message) inner));
            }
        }
    }

    private static void requireValuesInside(TensorProto tensor) {
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL || tensor.getExternalDataCount() > 0) {
            throw new ArtifactException("tensor '" + tensor.getName()
                    + "' is stored outside of the ONNX file; save the model with its weights inside");
        }
    }
}
