package io.retort.engine.onnx.write;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.retort.engine.onnx.run.OnnxRuntime;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.int8.Quantization;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The values inside of a network, by ONNX Runtime, as the layers that read them get them. */
public final class OnnxTaps implements AutoCloseable {
    private final OrtSession session;
    private final Shape input;
    private final boolean readsTokens;
    private final List<String> nodes;

    private OnnxTaps(Network network, GraphRewriter wiring, List<String> nodes) {
        this.nodes = List.copyOf(nodes);
        this.input = network.structure().input();
        this.readsTokens = network.structure().vocabulary().isPresent();
        GraphProto graph = TapGraph.beside(network, wiring, nodes);
        this.session = OnnxSession.ortSession(OnnxModel.model(graph).build().toByteArray(), 1);
    }

    /** The values of a network in float32. */
    public static OnnxTaps of(Network network, List<String> nodes) {
        return new OnnxTaps(network, GraphRewriter.DIRECT, nodes);
    }

    /** The values of a quantized network, simulated. */
    public static OnnxTaps of(Network network, Quantization quantization, List<String> nodes) {
        return new OnnxTaps(quantization.rounded(network), new GraphRewriter.Simulation(quantization), nodes);
    }

    /** The values {@code [batch, ...]} of each node for a batch of raw features. */
    public Map<String, float[]> values(float[] rawFeatures, int batch) {
        long[] shape = new long[input.sizes().size() + 1];
        shape[0] = batch;
        for (int i = 1; i < shape.length; i++) {
            shape[i] = input.sizes().get(i - 1);
        }
        try (OnnxTensor tensor = tensor(Arrays.copyOf(rawFeatures, batch * input.elements()), shape);
                OrtSession.Result result = session.run(Map.of(OnnxModel.INPUT, tensor))) {
            Map<String, float[]> values = new HashMap<>();
            for (String node : nodes) {
                OnnxTensor value =
                        (OnnxTensor) result.get(TapGraph.output(node)).orElseThrow();
                FloatBuffer buffer = value.getFloatBuffer();
                float[] copy = new float[buffer.remaining()];
                buffer.get(copy);
                values.put(node, copy);
            }
            return values;
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed on a batch of " + batch + ": " + e.getMessage(), e);
        }
    }

    private OnnxTensor tensor(float[] features, long[] shape) throws OrtException {
        if (readsTokens) {
            long[] ids = new long[features.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = (long) features[i];
            }
            return OnnxTensor.createTensor(OnnxRuntime.environment(), LongBuffer.wrap(ids), shape);
        }
        return OnnxTensor.createTensor(OnnxRuntime.environment(), FloatBuffer.wrap(features), shape);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot close a session", e);
        }
    }
}
