package io.retort.network;

import io.retort.network.ParameterSpec.ParameterSpecs;
import io.retort.network.ParameterSpec.Role;
import io.retort.network.Structure.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a network costs, by layer.
 *
 * <p>A MAC is one multiplication with its addition, for one sample: a convolution has
 * {@code H_out · W_out · outputs · inputs · kH · kW}, a depthwise one
 * {@code H_out · W_out · channels · kH · kW} (products with the padding's zeros count), a dense layer
 * {@code outputs · inputs}. A grouped convolution has the convolution's by its groups, and the bilinear interpolation
 * of an active shift four for each output. Shifts by whole pixels, shuffles, gates and embeddings have none. Bias,
 * BatchNorm, activations, pools and sums have none: they are linear in the activations and most of them vanish when the
 * network is exported. One MAC is two floating-point operations.
 */
public record Cost(List<LayerCost> layers) {
    /**
     * The cost of one layer.
     *
     * @param trainedParameters those an optimiser moves
     * @param parameters those and the running statistics of BatchNorm
     * @param macs for one sample
     */
    public record LayerCost(String node, Shape output, long trainedParameters, long parameters, long macs) {}

    public Cost {
        layers = List.copyOf(layers);
    }

    public static Cost of(Structure structure) {
        Map<String, Shape> shapes = structure.shapes();
        List<LayerCost> layers = new ArrayList<>();
        for (Node node : structure.nodes()) {
            List<Shape> inputs = Structure.inputShapes(node, shapes);
            Shape output = shapes.get(node.name());
            List<ParameterSpec> specs = node.layer().accept(new ParameterSpecs(inputs));
            layers.add(new LayerCost(
                    node.name(),
                    output,
                    elements(specs.stream()
                            .filter(spec -> spec.role() == Role.TRAINED)
                            .toList()),
                    elements(specs),
                    node.layer().accept(new Macs(inputs.get(0).channels(), output))));
        }
        return new Cost(layers);
    }

    public long trainedParameters() {
        return layers.stream().mapToLong(LayerCost::trainedParameters).sum();
    }

    public long parameters() {
        return layers.stream().mapToLong(LayerCost::parameters).sum();
    }

    /** For one sample. */
    public long macs() {
        return layers.stream().mapToLong(LayerCost::macs).sum();
    }

    private static long elements(List<ParameterSpec> specs) {
        return specs.stream().mapToLong(ParameterSpec::elements).sum();
    }

    private record Macs(long inputs, Shape output) implements Layer.Visitor<Long> {
        @Override
        public Long conv(Layer.Conv layer) {
            return output.elements() * inputs * area(layer.window());
        }

        @Override
        public Long depthwiseConv(Layer.DepthwiseConv layer) {
            return output.elements() * area(layer.window());
        }

        @Override
        public Long dense(Layer.Dense layer) {
            return output.elements() * inputs;
        }

        @Override
        public Long batchNorm(Layer.BatchNorm layer) {
            return 0L;
        }

        @Override
        public Long activate(Layer.Activate layer) {
            return 0L;
        }

        @Override
        public Long pool(Layer.Pool layer) {
            return 0L;
        }

        @Override
        public Long globalAveragePool(Layer.GlobalAveragePool layer) {
            return 0L;
        }

        @Override
        public Long flatten(Layer.Flatten layer) {
            return 0L;
        }

        @Override
        public Long add(Layer.Add layer) {
            return 0L;
        }

        @Override
        public Long groupedConv(Layer.GroupedConv layer) {
            return output.elements() * (inputs / layer.groups()) * area(layer.window());
        }

        @Override
        public Long concat(Layer.Concat layer) {
            return 0L;
        }

        @Override
        public Long gate(Layer.Gate layer) {
            return 0L;
        }

        @Override
        public Long slice(Layer.Slice layer) {
            return 0L;
        }

        @Override
        public Long fakeQuantize(Layer.FakeQuantize layer) {
            return 0L;
        }

        @Override
        public Long channelShuffle(MovingLayer.ChannelShuffle layer) {
            return 0L;
        }

        @Override
        public Long channelShift(MovingLayer.ChannelShift layer) {
            return 0L;
        }

        @Override
        public Long shift(MovingLayer.Shift layer) {
            return 0L;
        }

        @Override
        public Long activeShift(MovingLayer.ActiveShift layer) {
            return switch (layer.displacements()) {
                case REAL -> 4L * output.elements();
                case WHOLE -> 0L;
            };
        }

        @Override
        public Long embedding(TokenLayer.Embedding layer) {
            return 0L;
        }

        @Override
        public Long embeddingBag(TokenLayer.EmbeddingBag layer) {
            return 0L;
        }

        private static long area(Window window) {
            return (long) window.kernelHeight() * window.kernelWidth();
        }
    }
}
