package io.retort.compress.quantize.code;

import io.retort.network.Layer;
import io.retort.network.MovingLayer;
import io.retort.network.Node;
import io.retort.network.Structure;
import io.retort.network.TokenLayer;
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

    public static Int8Kernel of(Layer layer, int inputs) {
        return layer.accept(new Kinds(inputs));
    }

    /** The layers of a structure that multiply weights in int8, in its order. */
    public static List<String> weighted(Structure structure) {
        return structure.nodes().stream()
                .filter(node -> of(node.layer(), node.inputs().size()) == WEIGHTED)
                .map(Node::name)
                .toList();
    }

    private record Kinds(int inputs) implements Layer.Visitor<Int8Kernel> {
        @Override
        public Int8Kernel conv(Layer.Conv layer) {
            return WEIGHTED;
        }

        @Override
        public Int8Kernel depthwiseConv(Layer.DepthwiseConv layer) {
            return WEIGHTED;
        }

        @Override
        public Int8Kernel dense(Layer.Dense layer) {
            return WEIGHTED;
        }

        @Override
        public Int8Kernel batchNorm(Layer.BatchNorm layer) {
            return NONE;
        }

        @Override
        public Int8Kernel activate(Layer.Activate layer) {
            return switch (layer.function()) {
                case RELU, RELU6 -> CLAMPING;
                case SIGMOID -> COMPUTING;
                case TANH -> NONE;
            };
        }

        @Override
        public Int8Kernel pool(Layer.Pool layer) {
            return layer.kind() == Layer.Pool.Kind.MAX ? MOVING : COMPUTING;
        }

        @Override
        public Int8Kernel globalAveragePool(Layer.GlobalAveragePool layer) {
            return COMPUTING;
        }

        @Override
        public Int8Kernel flatten(Layer.Flatten layer) {
            return MOVING;
        }

        @Override
        public Int8Kernel add(Layer.Add layer) {
            return inputs == 2 ? COMPUTING : NONE;
        }

        @Override
        public Int8Kernel groupedConv(Layer.GroupedConv layer) {
            return NONE;
        }

        @Override
        public Int8Kernel concat(Layer.Concat layer) {
            return NONE;
        }

        @Override
        public Int8Kernel gate(Layer.Gate layer) {
            return NONE;
        }

        @Override
        public Int8Kernel slice(Layer.Slice layer) {
            return NONE;
        }

        @Override
        public Int8Kernel fakeQuantize(Layer.FakeQuantize layer) {
            return NONE;
        }

        @Override
        public Int8Kernel channelShuffle(MovingLayer.ChannelShuffle layer) {
            return NONE;
        }

        @Override
        public Int8Kernel channelShift(MovingLayer.ChannelShift layer) {
            return NONE;
        }

        @Override
        public Int8Kernel shift(MovingLayer.Shift layer) {
            return NONE;
        }

        @Override
        public Int8Kernel activeShift(MovingLayer.ActiveShift layer) {
            return NONE;
        }

        @Override
        public Int8Kernel embedding(TokenLayer.Embedding layer) {
            return NONE;
        }

        @Override
        public Int8Kernel embeddingBag(TokenLayer.EmbeddingBag layer) {
            return NONE;
        }
    }
}
