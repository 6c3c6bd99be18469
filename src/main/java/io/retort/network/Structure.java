package io.retort.network;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.retort.network.ParameterSpec.ParameterSpecs;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The immutable graph of a network, without parameters: nodes in topological order, the last of which gives the logits.
 *
 * <p>Construction infers and checks every shape, so a structure that exists is one whose layers fit.
 *
 * @param signature of inputs and outputs; {@linkplain Signature#none none} where there are none
 */
public record Structure(
        Shape input,
        InputScaling scaling,
        List<Node> nodes,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Signature signature)
        implements Serializable {
    /** The name by which nodes refer to the network's input. */
    public static final String INPUT = "input";

    public Structure {
        nodes = List.copyOf(nodes);
        if (nodes.isEmpty()) {
            throw new ShapeException("a network needs at least one layer");
        }
        if (scaling.mean().size() != input.channels()) {
            throw new ShapeException(
                    "input scaling for " + scaling.mean().size() + " channels does not fit input " + input);
        }
        Map<String, Shape> shapes = inferShapes(input, nodes);
        Shape logits = shapes.get(nodes.get(nodes.size() - 1).name());
        if (logits.isImage()) {
            throw new ShapeException("the last layer must give a vector of logits, but gives " + logits);
        }
        requireTokensFromInput(nodes, scaling);
        requireInputs(input, signature);
        requireOneNameEach("classes", logits.channels(), signature.classes());
    }

    /** Starts a structure whose features are used unscaled. */
    public static Builder from(Shape input) {
        return new Builder(input, InputScaling.none(input.channels()), new ArrayList<>());
    }

    /** The shape of each node's output, and of {@link #INPUT}, in topological order. */
    public Map<String, Shape> shapes() {
        return inferShapes(input, nodes);
    }

    /**
     * The shape of each node's output that may be tapped, in topological order: of all but the last, whose output is
     * the logits.
     */
    public Map<String, Shape> taps() {
        Map<String, Shape> taps = shapes();
        taps.remove(INPUT);
        taps.remove(output().name());
        return taps;
    }

    /** The shapes of a node's inputs, given those of all nodes. */
    public static List<Shape> inputShapes(Node node, Map<String, Shape> shapes) {
        return node.inputs().stream().map(shapes::get).toList();
    }

    @JsonIgnore
    public Node output() {
        return nodes.get(nodes.size() - 1);
    }

    /** The width of the logits. */
    @JsonIgnore
    public int classes() {
        return shapes().get(output().name()).channels();
    }

    public Structure withScaling(InputScaling newScaling) {
        return new Structure(input, newScaling, nodes, signature);
    }

    public Structure withSignature(Signature newSignature) {
        return new Structure(input, scaling, nodes, newSignature);
    }

    /** A structure of the same inputs and outputs with other layers between them. */
    public Structure withNodes(List<Node> newNodes) {
        return new Structure(input, scaling, newNodes, signature);
    }

    /** Every parameter that this structure needs, by full name ({@code node/parameter}), in topological order. */
    public Map<String, ParameterSpec> parameterSpecs() {
        Map<String, Shape> shapes = shapes();
        Map<String, ParameterSpec> specs = new LinkedHashMap<>();
        for (Node node : nodes) {
            for (ParameterSpec spec : node.layer().accept(new ParameterSpecs(inputShapes(node, shapes)))) {
                specs.put(node.parameter(spec.name()), spec);
            }
        }
        return specs;
    }

    /** The vocabulary whose ids the network reads; nothing of one that reads features. */
    @JsonIgnore
    public Optional<Vocabulary> vocabulary() {
        return vocabulary(nodes);
    }

    private static Optional<Vocabulary> vocabulary(List<Node> nodes) {
        return nodes.stream()
                .filter(node -> node.layer() instanceof TokenLayer)
                .map(node -> ((TokenLayer) node.layer()).vocabulary())
                .findFirst();
    }

    /** Ids are names: nothing can be reckoned with them, and what a layer gives is none. */
    private static void requireTokensFromInput(List<Node> nodes, InputScaling scaling) {
        Optional<Vocabulary> vocabulary = vocabulary(nodes);
        if (vocabulary.isEmpty()) {
            return;
        }
        for (Node node : nodes) {
            boolean readsTokens = node.layer() instanceof TokenLayer;
            if (readsTokens != node.inputs().contains(INPUT)) {
                throw new ShapeException("node '" + node.name() + "' reads " + node.inputs()
                        + "; in a network of texts embeddings read 'input', and nothing else does");
            }
            if (readsTokens && !((TokenLayer) node.layer()).vocabulary().equals(vocabulary.get())) {
                throw new ShapeException(
                        "node '" + node.name() + "' has another vocabulary than the embedding before it");
            }
        }
        if (!scaling.equals(InputScaling.none(scaling.mean().size()))) {
            throw new ShapeException(
                    "token ids must not be scaled, for they are names and not amounts; set data.scaling = none");
        }
    }

    private static void requireInputs(Shape input, Signature signature) {
        if (signature.table().isEmpty()) {
            requireOneNameEach("inputs", input.elements(), signature.columns());
        } else if (!input.equals(Shape.vector(signature.table().get().width()))) {
            throw new ShapeException("a network of input " + input + " has a table of "
                    + signature.table().get().width() + " elements");
        }
    }

    private static void requireOneNameEach(String what, int count, List<String> names) {
        if (!names.isEmpty() && names.size() != count) {
            throw new ShapeException("a network of " + count + " " + what + " has " + names.size() + " names for them");
        }
    }

    private static Map<String, Shape> inferShapes(Shape input, List<Node> nodes) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put(INPUT, input);
        for (Node node : nodes) {
            for (String from : node.inputs()) {
                if (!shapes.containsKey(from)) {
                    throw new ShapeException(
                            "node '" + node.name() + "' reads '" + from + "', which is not an earlier node");
                }
            }
            if (node.inputs().isEmpty()) {
                throw new ShapeException("node '" + node.name() + "' has no input");
            }
            Shape output;
            try {
                output = node.layer().accept(new ShapeInference(inputShapes(node, shapes)));
            } catch (ShapeException e) {
                throw new ShapeException("node '" + node.name() + "': " + e.getMessage());
            }
            if (shapes.put(node.name(), output) != null) {
                throw new ShapeException("two nodes are named '" + node.name() + "'");
            }
        }
        return shapes;
    }

    /** Collects nodes; each reads the one before it unless it names others. */
    public static final class Builder {
        private final Shape input;
        private final InputScaling scaling;
        private final List<Node> nodes;

        private Builder(Shape input, InputScaling scaling, List<Node> nodes) {
            this.input = input;
            this.scaling = scaling;
            this.nodes = nodes;
        }

        /** Adds a layer that reads the node before it. */
        public Builder then(String name, Layer layer) {
            return join(name, layer, last());
        }

        /** Adds a layer that reads the named nodes. */
        public Builder join(String name, Layer layer, String... inputs) {
            nodes.add(new Node(name, layer, List.of(inputs)));
            return this;
        }

        /** The name of the node added last, {@link #INPUT} at the start. */
        public String last() {
            return nodes.isEmpty() ? INPUT : nodes.get(nodes.size() - 1).name();
        }

        /** The shape of the last node's output. */
        public Shape shape() {
            return inferShapes(input, nodes).get(last());
        }

        public Structure build() {
            return new Structure(input, scaling, nodes, Signature.none());
        }
    }

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
}
