package io.retort.engine.onnx.run;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** Looks through the bytes of a model from anywhere, before ONNX Runtime sees them. */
public final class OnnxFile {
    private OnnxFile() {}

    /**
     * Refuses what is not an ONNX model, and tensors stored outside of the file, whose path the file's author chose.
     */
    static void requireSelfContained(byte[] model) {
        ModelProto parsed = parsed(model);
        requireGraph(parsed, model.length);
        visit(parsed, message -> {
            if (message instanceof TensorProto tensor && isOutside(tensor)) {
                throw new ArtifactException("tensor '" + tensor.getName()
                        + "' is stored outside of the ONNX file; save the model with its weights inside");
            }
        });
    }

    public static ModelProto parsed(byte[] model) {
        try {
            return ModelProto.parseFrom(model);
        } catch (InvalidProtocolBufferException e) {
            throw damaged(model.length, e);
        }
    }

    /** A model whose weights stay where they are: they are slices of the bytes, which must not change meanwhile. */
    static ModelProto parsed(ByteBuffer model) {
        CodedInputStream in = UnsafeByteOperations.unsafeWrap(model).newCodedInput();
        in.enableAliasing(true);
        try {
            ModelProto parsed = ModelProto.parseFrom(in);
            requireGraph(parsed, model.remaining());
            return parsed;
        } catch (IOException e) {
            throw damaged(model.remaining(), e);
        }
    }

    private static ArtifactException damaged(int bytes, IOException e) {
        return new ArtifactException(bytes + " bytes are not an ONNX model, or a damaged one", e);
    }

    private static void requireGraph(ModelProto parsed, int bytes) {
        if (parsed.getGraph().getNodeCount() == 0) {
            throw new ArtifactException(bytes + " bytes are not an ONNX model, or one without a graph");
        }
    }

    static boolean isOutside(TensorProto tensor) {
        return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL || tensor.getExternalDataCount() > 0;
    }

    /** Visits a message and every one in it, wherever it is: nodes, initialisers, attributes, subgraphs, functions. */
    static void visit(Message message, Consumer<Message> visitor) {
        visitor.accept(message);
        for (Object field : message.getAllFields().values()) {
            if (field instanceof Message inner) {
                visit(inner, visitor);
            } else if (field instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Message) {
                list.forEach(inner -> visit((Message) inner, visitor));
            }
        }
    }
}
