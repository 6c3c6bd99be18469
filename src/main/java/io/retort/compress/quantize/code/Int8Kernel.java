package io.retort.compress.quantize.code;

import io.retort.network.Layer;
import io.retort.network.Node;
import io.retort.network.Structure;
import java.util.List;

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
