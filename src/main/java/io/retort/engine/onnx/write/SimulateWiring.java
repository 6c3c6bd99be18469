package io.retort.engine.onnx.write;

import io.retort.network.Node;
import io.retort.network.Tensor;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.Quantization;
import java.util.List;

/**
 * Rounds each quantized value in float32, by the formula and with the plainest operators:
 * {@code x̂ = scale · clip(round(x / scale), least − zeroPoint, greatest − zeroPoint)}. No runtime has int8 kernels for that.
 */
final class SimulateWiring implements GraphRewriter {
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
        SimulatedCode simulated =
                new SimulatedCode(code.scale(), code.least() - code.zeroPoint(), code.greatest() - code.zeroPoint());
        String scale = simulated.scale(graph, value);
        String steps = simulated.steps(graph, value, value, scale);
        return graph.node("Mul", value + "/restored", List.of(steps, scale), List.of());
    }

    @Override
    public String parameter(OnnxGraph graph, Node node, String name, Tensor tensor) {
        return DIRECT.parameter(graph, node, name, tensor);
    }
}
