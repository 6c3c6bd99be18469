package io.retort.engine.onnx.write;

import io.retort.network.Half;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.Quantization;
import java.util.List;

/** Changes how layers read a network's values and parameters: as they are, unless a rewriter does otherwise. */
interface GraphRewriter {
    /** Values and parameters as they are. */
    GraphRewriter DIRECT = new GraphRewriter() {};

    /**
     * Adds the operators that a node's value goes through.
     *
     * @param value its name
     * @return the name of the value that readers get
     */
    default String value(OnnxGraph graph, String node, String value) {
        return value;
    }

    /**
     * Adds a parameter.
     *
     * @return the name of the value that the layer reads
     */
    default String parameter(OnnxGraph graph, Node node, String name, Tensor tensor) {
        return graph.initializer(OnnxProtos.floats(node.parameter(name), tensor));
    }

    /**
     * Stores parameters that are halves as such, each with a Cast to float32 before the layer that reads it; others as
     * they are.
     */
    final class Halves implements GraphRewriter {
        /** A Cast takes about 30 bytes, which fewer halves do not save. */
        private static final int MIN_HALVES = 16;

        @Override
        public String parameter(OnnxGraph graph, Node node, String name, Tensor tensor) {
            if (tensor.values().length < MIN_HALVES || !isOfHalves(tensor)) {
                return DIRECT.parameter(graph, node, name, tensor);
            }
            String stored = graph.initializer(OnnxProtos.halves(node.parameter(name), tensor));
            return graph.node("Cast", stored + "/restored", List.of(stored), List.of(OnnxProtos.castToFloat()));
        }

        private static boolean isOfHalves(Tensor tensor) {
            for (float value : tensor.values()) {
                if (!Half.holds(value) || Half.roundTrip(value) != value) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Rounds each quantized value in float32, by the formula and with the plainest operators:
     * {@code x̂ = scale · clip(round(x / scale), least − zeroPoint, greatest − zeroPoint)}. No runtime has int8
     * kernels for that.
     */
    record Simulation(Quantization quantization) implements GraphRewriter {
        @Override
        public String value(OnnxGraph graph, String node, String value) {
            AffineCode code = quantization.values().get(node);
            if (code == null) {
                return value;
            }
            Steps steps = new Steps(code.scale(), code.least() - code.zeroPoint(), code.greatest() - code.zeroPoint());
            String scale = steps.scale(graph, value);
            String rounded = steps.of(graph, value, value, scale);
            return graph.node("Mul", value + "/restored", List.of(rounded, scale), List.of());
        }
    }

    /**
     * Whole steps of a value, in float32 operators.
     *
     * @param scale the size of a step
     * @param least steps; smaller values are clipped
     * @param greatest steps; greater values are clipped
     */
    record Steps(float scale, int least, int greatest) {
        /** Adds the scale; returns its name. */
        String scale(OnnxGraph graph, String prefix) {
            return constant(graph, prefix + "/scale", scale);
        }

        /** Adds {@code clip(round(value / scale), least, greatest)}; returns its name. */
        String of(OnnxGraph graph, String prefix, String value, String scaleName) {
            String steps = graph.node("Div", prefix + "/steps", List.of(value, scaleName), List.of());
            String rounded = graph.node("Round", prefix + "/rounded", List.of(steps), List.of());
            List<String> clipped = List.of(
                    rounded,
                    constant(graph, prefix + "/least", least),
                    constant(graph, prefix + "/greatest", greatest));
            return graph.node("Clip", prefix + "/clipped", clipped, List.of());
        }

        private static String constant(OnnxGraph graph, String name, float value) {
            return graph.initializer(OnnxProtos.number(name, value));
        }
    }
}
