package io.retort.engine.onnx.write;

import io.retort.network.Half;
import io.retort.network.Node;
import io.retort.network.Tensor;
import java.util.List;

/** Stores parameters that are halves as such, each with a Cast to float32 before the layer that reads it; others as they are. */
final class HalfWiring implements GraphRewriter {
    /** A Cast takes about 30 bytes, which fewer halves do not save. */
    private static final int FEWEST = 16;

    @Override
    public String value(OnnxGraph graph, String node, String value) {
        return value;
    }

    @Override
    public String parameter(OnnxGraph graph, Node node, String name, Tensor tensor) {
        if (tensor.values().length < FEWEST || !isOfHalves(tensor)) {
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
