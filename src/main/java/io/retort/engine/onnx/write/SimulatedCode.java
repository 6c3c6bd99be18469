package io.retort.engine.onnx.write;

import java.util.List;

/**
 * Whole steps of a value, in float32 operators.
 *
 * @param scale the size of a step
 * @param least steps; what is below is clipped
 * @param greatest steps; what is above is clipped
 */
record SimulatedCode(float scale, int least, int greatest) {
    /** Adds the scale; returns its name. */
    String scale(OnnxGraph graph, String prefix) {
        return constant(graph, prefix + "/scale", scale);
    }

    /** Adds {@code clip(round(value / scale), least, greatest)}; returns its name. */
    String steps(OnnxGraph graph, String prefix, String value, String scaleName) {
        String steps = graph.node("Div", prefix + "/steps", List.of(value, scaleName), List.of());
        String rounded = graph.node("Round", prefix + "/rounded", List.of(steps), List.of());
        List<String> clipped = List.of(
                rounded, constant(graph, prefix + "/least", least), constant(graph, prefix + "/greatest", greatest));
        return graph.node("Clip", prefix + "/clipped", clipped, List.of());
    }

    private static String constant(OnnxGraph graph, String name, float value) {
        return graph.initializer(OnnxProtos.number(name, value));
    }
}
