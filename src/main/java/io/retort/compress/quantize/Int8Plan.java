package io.retort.compress.quantize;

import io.retort.network.Layer;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which values and weights of a structure become int8.
 *
 * <p>A value does where an int8 layer gives or reads it, apart from the logits, and from what a ReLU alone reads: it is
 * clamped before it is rounded.
 *
 * @param values those that need a range, or that take their code over; in topological order
 * @param sameAs values that have the code of another
 * @param weights names of the int8 layers with weights
 */
public record Int8Plan(List<String> values, Map<String, String> sameAs, List<String> weights) {
    public Int8Plan {
        values = List.copyOf(values);
        sameAs = Map.copyOf(sameAs);
        weights = List.copyOf(weights);
    }

    /**
     * Plans which values and layers of a structure are int8.
     *
     * @param keptInFloat names of layers that are not to be int8
     */
    public static Int8Plan of(Structure structure, Set<String> keptInFloat) {
        return new Planning(structure, keptInFloat).plan();
    }

    private static final class Planning {
        private final Structure structure;
        private final Map<String, Int8Kernel> kernels = new LinkedHashMap<>();
        private final Map<String, List<Node>> readers = new HashMap<>();
        private final Set<String> int8 = new HashSet<>();

        Planning(Structure structure, Set<String> keptInFloat) {
            this.structure = structure;
            for (Node node : structure.nodes()) {
                Int8Kernel kernel = Int8Kernel.of(node.layer(), node.inputs().size());
                kernels.put(node.name(), kernel);
                node.inputs()
                        .forEach(input -> readers.computeIfAbsent(input, unused -> new ArrayList<>())
                                .add(node));
                boolean follows = node.inputs().stream().anyMatch(int8::contains);
                boolean can = kernel == Int8Kernel.WEIGHTED || (kernel != Int8Kernel.NONE && follows);
                if (can && !keptInFloat.contains(node.name())) {
                    int8.add(node.name());
                }
            }
        }

        Int8Plan plan() {
            List<String> values = new ArrayList<>();
            Map<String, String> sameAs = new HashMap<>();
            if (hasCode(Structure.INPUT)) {
                values.add(Structure.INPUT);
            }
            for (Node node : structure.nodes()) {
                String name = node.name();
                if (node.equals(structure.output()) || !hasCode(name)) {
                    continue;
                }
                values.add(name);
                if (int8.contains(name) && kernels.get(name) == Int8Kernel.MOVING) {
                    String from = node.inputs().get(0);
                    sameAs.put(name, sameAs.getOrDefault(from, from));
                }
            }
            List<String> weights = structure.nodes().stream()
                    .map(Node::name)
                    .filter(name -> int8.contains(name) && kernels.get(name) == Int8Kernel.WEIGHTED)
                    .toList();
            return new Int8Plan(values, sameAs, weights);
        }

        private boolean hasCode(String value) {
            List<Node> reading = readers.getOrDefault(value, List.of());
            boolean clampedFirst = reading.size() == 1
                    && int8.contains(reading.get(0).name())
                    && kernels.get(reading.get(0).name()) == Int8Kernel.CLAMPING;
            return !clampedFirst
                    && (int8.contains(value) || reading.stream().anyMatch(reader -> int8.contains(reader.name())));
        }
    }

    /** How a layer takes part in int8 inference, by what ONNX Runtime has int8 kernels for. */
    public enum Int8Kernel {
        /** Multiplies int8 weights, and has an int32 bias. */
        WEIGHTED,
        /** Computes new int8 values, which have a code of their own. */
        COMPUTING,
        /** Only chooses or moves values, whose code stays what it was. */
        MOVING,
        /** Becomes the lower clamp of the layer that it follows. */
        CLAMPING,
        /** Is computed in float32. */
        NONE;

        /** The part of a layer with so many inputs. */
        public static Int8Kernel of(Layer layer, int inputs) {
            if (layer instanceof Layer.Conv || layer instanceof Layer.DepthwiseConv || layer instanceof Layer.Dense) {
                return WEIGHTED;
            }
            if (layer instanceof Layer.Activate activate) {
                return switch (activate.function()) {
                    case RELU, RELU6 -> CLAMPING;
                    case SIGMOID -> COMPUTING;
                    case TANH -> NONE;
                };
            }
            if (layer instanceof Layer.Pool pool) {
                return pool.kind() == Layer.Pool.Kind.MAX ? MOVING : COMPUTING;
            }
            if (layer instanceof Layer.Flatten) {
                return MOVING;
            }
            boolean computing = layer instanceof Layer.GlobalAveragePool || (layer instanceof Layer.Add && inputs == 2);
            return computing ? COMPUTING : NONE;
        }

        /** The layers of a structure that multiply weights in int8, in its order. */
        public static List<String> weighted(Structure structure) {
            return structure.nodes().stream()
                    .filter(node -> of(node.layer(), node.inputs().size()) == WEIGHTED)
                    .map(Node::name)
                    .toList();
        }
    }
}
