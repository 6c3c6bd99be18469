package io.retort.engine.onednn;

import io.retort.network.Layer;
import io.retort.network.MovingLayer;
import io.retort.network.Node;
import io.retort.network.Structure;
import java.util.Optional;

/** Which layers this engine has. */
public final class OneDnnLayers {
    private OneDnnLayers() {}

    /** The first node that this engine cannot train, in words; empty where it can train all. */
    public static Optional<String> obstacle(Structure structure) {
        return structure.nodes().stream()
                .filter(node -> node.layer() instanceof Layer.FakeQuantize
                        || node.layer() instanceof MovingLayer.Shift
                        || node.layer() instanceof MovingLayer.ActiveShift)
                .findFirst()
                .map(OneDnnLayers::name);
    }

    static IllegalArgumentException missing(Node node) {
        return new IllegalArgumentException("the engine onednn cannot train " + name(node));
    }

    private static String name(Node node) {
        return "node '" + node.name() + "' (" + node.layer() + ")";
    }
}
