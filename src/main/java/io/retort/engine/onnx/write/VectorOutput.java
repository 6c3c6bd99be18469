package io.retort.engine.onnx.write;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import io.retort.engine.onnx.run.OnnxFile;
import java.util.Map;

/** Calls a network's output by what it is, where that is a vector and no logits of classes. */
public final class VectorOutput {
    /** The name of the output. */
    public static final String EMBEDDING = "embedding";

    /** A layer may have that name. */
    private static final Map<String, String> NAMES =
            Map.of(OnnxModel.LOGITS, EMBEDDING, EMBEDDING, EMBEDDING + "/value");

    private VectorOutput() {}

    /** A model of ours whose output is {@value #EMBEDDING}, and which has no names of classes. */
    public static byte[] of(byte[] model) {
        ModelProto parsed = OnnxFile.parsed(model);
        GraphProto.Builder graph = OnnxProtos.renamed(parsed.getGraph(), NAMES);
        ModelProto.Builder whole = parsed.toBuilder().setGraph(graph).clearMetadataProps();
        for (StringStringEntryProto entry : parsed.getMetadataPropsList()) {
            if (!entry.getKey().equals(OnnxModel.CLASSES)) {
                whole.addMetadataProps(entry);
            }
        }
        return whole.build().toByteArray();
    }
}
