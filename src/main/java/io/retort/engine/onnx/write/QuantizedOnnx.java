package io.retort.engine.onnx.write;

import ai.onnx.proto.OnnxMl.GraphProto;
import io.retort.network.Network;
import io.retort.network.int8.Quantization;
import java.util.List;
import java.util.Map;

/**
 * A network as an int8 ONNX file: the interface of {@link OnnxModel}, float32 features in and float32 logits out, with QuantizeLinear and
 * DequantizeLinear pairs (QDQ) where the quantization says so. The same arguments give the same bytes.
 *
 * <p>BatchNorm is not folded here, since the codes are those of the network's own weights: quantize a folded one.
 */
public final class QuantizedOnnx {
    private QuantizedOnnx() {}

    /**
     * Writes a quantized network.
     *
     * @param classNames by class index
     * @param provenance metadata properties
     */
    public static byte[] bytes(
            Network network, Quantization quantization, List<String> classNames, Map<String, String> provenance) {
        GraphProto graph = NetworkWriter.graph(network, new QuantizeWiring(network, quantization));
        return OnnxModel.bytes(network, ShortNames.in(graph), classNames, provenance);
    }

    /**
     * Writes the simulation of a quantized network: the weights and biases that int8 leaves, in float32, and values that are rounded by
     * elementary float32 operators. It computes what an int8 runtime should, by float kernels.
     */
    public static byte[] simulation(Network network, Quantization quantization, List<String> classNames) {
        Network rounded = quantization.rounded(network);
        GraphProto graph = NetworkWriter.graph(rounded, new SimulateWiring(quantization));
        return OnnxModel.bytes(rounded, graph, classNames, Map.of());
    }
}
