package io.retort.engine.onnx;

import io.retort.network.Node;
import io.retort.network.Tensor;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.Quantization;
import java.util.List;

/**
 * Rounds each quantized value in float32, by the formula and with the plainest operators:
 * {@code x̂ = scale · clip(round(x / scale), least − zeroPoint, greatest − zeroPoint)}. No runtime has int8 kernels for that.
 */
final class SimulateWiring implements OnnxWiring {
    private final Quantization quantization;

    SimulateWiring(Quantization quantization) {
        this.quantization = quantization;
    }

    @Override
    public String value(OnnxGraph graph, String node, String value) {
        AffineCode code = quantization.values().get(node);
        if (code == null) {
            return value;
        }
        String scale = constant(graph, value + "/scale", code.scale());
        String steps = graph.node("Div", value + "/steps", List.of(value, scale), List.of());
        String rounded = graph.node("Round", value + "/rounded", List.of(steps), List.of());
        String clipped = graph.node(
                "Clip",
                value + "/clipped",
                List.of(
                        rounded,
                        constant(graph, value + "/least", code.least() - code.zeroPoint()),
                        constant(graph, value + "/greatest", code.greatest() - code.zeroPoint())),
                List.of());
        return graph.node("Mul", value + "/restored", List.of(clipped, scale), List.of());
    }

    @Override
    public String parameter(OnnxGraph graph, Node node, String name, Tensor tensor) {
        return DIRECT.parameter(graph, node, name, tensor);
    }

    private static String constant(OnnxGraph graph, String name, float value) {
        return graph.initializer(OnnxProtos.number(name, value));
    }
}
