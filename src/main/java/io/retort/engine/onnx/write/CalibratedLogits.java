package io.retort.engine.onnx.write;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.retort.engine.onnx.run.OnnxFile;
import io.retort.network.LogitCalibration;
import io.retort.network.Tensor;
import java.util.List;

/** Puts a {@link LogitCalibration} behind a network's graph, so that what it gives as logits is calibrated. */
public final class CalibratedLogits {
    private static final String PREFIX = "calibration/";

    private CalibratedLogits() {}

    /** A model of ours that gives calibrated logits. */
    public static byte[] behind(byte[] model, LogitCalibration calibration) {
        var parsed = OnnxFile.parsed(model);
        GraphProto.Builder whole = parsed.getGraph().toBuilder().clearNode();
        String raw = PREFIX + "logits";
        for (NodeProto node : parsed.getGraph().getNodeList()) {
            NodeProto.Builder renamed = node.toBuilder();
            for (int i = 0; i < node.getOutputCount(); i++) {
                if (node.getOutput(i).equals(OnnxModel.LOGITS)) {
                    renamed.setOutput(i, raw);
                }
            }
            whole.addNode(renamed);
        }
        GraphProto back = back(raw, calibration);
        whole.addAllNode(back.getNodeList()).addAllInitializer(back.getInitializerList());
        return parsed.toBuilder().setGraph(whole).build().toByteArray();
    }

    private static GraphProto back(String raw, LogitCalibration calibration) {
        OnnxGraph graph = new OnnxGraph();
        int classes = calibration.biases().size();
        String temperature = graph.initializer(OnnxProtos.floats(
                PREFIX + "temperature", new Tensor(List.of(1), new float[] {(float) calibration.temperature()})));
        String divided = graph.node(
                "Div",
                PREFIX + "divided",
                List.of(raw, temperature),
                List.of(),
                classes == 0 ? OnnxModel.LOGITS : PREFIX + "divided");
        if (classes > 0) {
            float[] biases = new float[classes];
            for (int c = 0; c < classes; c++) {
                biases[c] = calibration.biases().get(c).floatValue();
            }
            String constant =
                    graph.initializer(OnnxProtos.floats(PREFIX + "biases", new Tensor(List.of(1, classes), biases)));
            graph.node("Add", PREFIX + "shifted", List.of(divided, constant), List.of(), OnnxModel.LOGITS);
        }
        return graph.build();
    }
}
