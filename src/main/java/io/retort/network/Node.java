package io.retort.network;

import java.io.Serializable;
import java.util.List;

/**
 * A layer with its place in the graph.
 *
 * @param name unique in the structure; also the name of the node's output as a tap
 * @param inputs names of earlier nodes, or {@link Structure#INPUT}
 */
public record Node(String name, Layer layer, List<String> inputs) implements Serializable {
    public Node {
        inputs = List.copyOf(inputs);
        if (!name.matches("[a-z0-9][a-z0-9_.-]*")) {
            throw new IllegalArgumentException(
                    "node name '" + name + "' must consist of lower-case letters, digits, '.', '_' and '-'");
        }
    }

    /** The full name of one of this node's parameters. */
    public String parameter(String parameterName) {
        return name + "/" + parameterName;
    }
}
