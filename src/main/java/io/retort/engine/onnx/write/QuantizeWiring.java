package io.retort.engine.onnx.write;

import ai.onnx.proto.OnnxMl.AttributeProto;
import io.retort.network.Network;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.Quantization;
import io.retort.network.int8.WeightCodes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Puts a pair of QuantizeLinear and DequantizeLinear behind each quantized value, and stores the weights of quantized
 * layers as int8 and their biases as int32, each with a DequantizeLinear before the layer that reads it. A runtime with
 * int8 kernels makes one operation of a layer and the pairs around it.
 *
 * <p>Values are stored with all codes moved up by 128, as uint8, which changes no number: ONNX Runtime's kernels for
 * x86 take uint8 values and int8 weights, and it cannot move the codes itself where a value has several readers.
 */
final class QuantizeWiring implements GraphRewriter {
    private final Quantization quantization;
    /** Layers that read codes although their parameters stay float32, an active shift's displacements among them. */
    private final Set<String> inFloat;
    /** Constants that several nodes use, by what they hold. */
    private final Map<String, String> shared = new HashMap<>();

    QuantizeWiring(Network network, Quantization quantization) {
        this.quantization = quantization.requireFits(network);
        Set<String> parameterised = network.parameters().keySet().stream()
                .map(name -> name.substring(0, name.lastIndexOf('/')))
                .collect(Collectors.toSet());
        this.inFloat = network.structure().nodes().stream()
                .filter(node -> quantization.values().containsKey(node.inputs().get(0)))
                .map(Node::name)
                .filter(parameterised::contains)
                .filter(name -> !quantization.weights().containsKey(name))
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The pair, and before it, behind a layer that stays float32, a sum of one value. That changes nothing, and without
     * it ONNX Runtime (seen in 1.26) would quantize the layer too, since it stands between two pairs.
     */
    @Override
    public String value(OnnxGraph graph, String node, String value) {
        if (inFloat.contains(node)) {
            return quantized(graph, node, graph.node("Sum", value + "/float", List.of(value), List.of()));
        }
        return quantized(graph, node, value);
    }

    private String quantized(OnnxGraph graph, String node, String value) {
        AffineCode code = quantization.values().get(node);
        if (code == null) {
            return value;
        }
        requireWhole(code, node);
        List<String> constants = List.of(scale(graph, code.scale()), unsignedZero(graph, code.zeroPoint()));
        String steps = graph.node(
                "QuantizeLinear", value + "/quantized", List.of(value, constants.get(0), constants.get(1)), List.of());
        return graph.node(
                "DequantizeLinear", value + "/restored", List.of(steps, constants.get(0), constants.get(1)), List.of());
    }

    /** QuantizeLinear always uses all codes. */
    private static void requireWhole(AffineCode code, String node) {
        boolean narrow = code.least() > Byte.MIN_VALUE + 1 || code.greatest() < Byte.MAX_VALUE;
        if (narrow) {
            throw new IllegalArgumentException("value '" + node + "' has codes from " + code.least() + " to "
                    + code.greatest() + "; ONNX quantizes values to 8 bits");
        }
    }

    @Override
    public String parameter(OnnxGraph graph, Node node, String name, Tensor tensor) {
        WeightCodes codes = quantization.weights().get(node.name());
        if (codes == null) {
            return DIRECT.parameter(graph, node, name, tensor);
        }
        String fullName = node.parameter(name);
        if (name.equals("bias")) {
            List<Float> scales = quantization.biasScales(node);
            String steps = graph.initializer(
                    OnnxProtos.ints(fullName, tensor.sizes(), quantization.quantizeBias(node, tensor)));
            return dequantized(graph, List.of(steps, scales(graph, fullName, scales)), fullName, scales.size());
        }
        String weight = graph.initializer(OnnxProtos.bytes(fullName, tensor.sizes(), codes.quantize(tensor)));
        String scales = scales(
                graph, fullName, codes.codes().stream().map(AffineCode::scale).toList());
        // Zero points that could be left out, but ONNX Runtime's QGemm wants as many as there are scales.
        List<String> inputs = List.of(weight, scales, zeros(graph, codes));
        return dequantized(graph, inputs, fullName, codes.codes().size());
    }

    private static String dequantized(OnnxGraph graph, List<String> inputs, String fullName, int scales) {
        List<AttributeProto> axis = scales == 1 ? List.of() : List.of(OnnxProtos.integer("axis", 0));
        return graph.node("DequantizeLinear", fullName + "/restored", inputs, axis);
    }

    private String scales(OnnxGraph graph, String fullName, List<Float> scales) {
        if (scales.size() == 1) {
            return scale(graph, scales.get(0));
        }
        float[] values = new float[scales.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = scales.get(i);
        }
        return graph.initializer(OnnxProtos.floats(fullName + "/scale", new Tensor(List.of(values.length), values)));
    }

    private String zeros(OnnxGraph graph, WeightCodes codes) {
        if (!codes.perChannel()) {
            return zero(graph, codes.of(0).zeroPoint());
        }
        byte[] zeros = new byte[codes.codes().size()];
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = (byte) codes.of(i).zeroPoint();
        }
        return shared.computeIfAbsent(
                "zeros/" + Arrays.toString(zeros),
                name -> graph.initializer(OnnxProtos.bytes(name, List.of(zeros.length), zeros)));
    }

    private String scale(OnnxGraph graph, float scale) {
        return shared.computeIfAbsent("scale/" + scale, name -> graph.initializer(OnnxProtos.number(name, scale)));
    }

    private String zero(OnnxGraph graph, int zeroPoint) {
        return shared.computeIfAbsent(
                "zero/" + zeroPoint,
                name -> graph.initializer(OnnxProtos.bytes(name, List.of(), new byte[] {(byte) zeroPoint})));
    }

    private String unsignedZero(OnnxGraph graph, int zeroPoint) {
        byte moved = (byte) (zeroPoint - Byte.MIN_VALUE);
        return shared.computeIfAbsent(
                "unsigned/" + zeroPoint, name -> graph.initializer(OnnxProtos.unsignedByte(name, moved)));
    }
}
