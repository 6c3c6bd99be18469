package io.retort.network;

import io.retort.network.ParameterSpec.Role;
import io.retort.network.ParameterSpec.Start;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A parameter that a layer needs.
 *
 * @param name within the layer: {@code weight}, {@code bias}, {@code scale} ...
 * @param sizes of its tensor, row-major
 * @param start how it is initialised
 * @param role whether an optimiser moves it
 */
public record ParameterSpec(String name, List<Integer> sizes, Start start, Role role) implements Serializable {
    /** How a parameter begins. */
    public enum Start {
        /**
         * Normal with deviation {@code √(2 / fan-in)} (He et al. 2015, arXiv:1502.01852); fan-in is all sizes but the
         * first.
         */
        HE_NORMAL,
        /** Uniform in [−1, 1]. */
        UNIFORM,
        /**
         * Uniform in [−0.25, 0.25], the first row 0 (Kim 2014, arXiv:1408.5882, has such numbers for words that he
         * has no vectors of).
         */
        TABLE,
        ZERO,
        ONE
    }

    /** What moves a parameter. */
    public enum Role {
        /** The optimiser. */
        TRAINED,
        /** The data: running statistics. */
        STATISTIC
    }

    public ParameterSpec {
        sizes = List.copyOf(sizes);
    }

    static ParameterSpec weight(Integer... sizes) {
        return new ParameterSpec("weight", Arrays.asList(sizes), Start.HE_NORMAL, Role.TRAINED);
    }

    public int elements() {
        return sizes.stream().reduce(1, Math::multiplyExact);
    }

    /** The parameters of a layer, from the shapes of its inputs. */
    record ParameterSpecs(List<Shape> inputs) implements Layer.Visitor<List<ParameterSpec>> {
        @Override
        public List<ParameterSpec> conv(Layer.Conv layer) {
            Window window = layer.window();
            return weighted(
                    ParameterSpec.weight(layer.outputs(), channels(), window.kernelHeight(), window.kernelWidth()),
                    layer.bias());
        }

        @Override
        public List<ParameterSpec> depthwiseConv(Layer.DepthwiseConv layer) {
            Window window = layer.window();
            return weighted(
                    ParameterSpec.weight(channels(), 1, window.kernelHeight(), window.kernelWidth()), layer.bias());
        }

        @Override
        public List<ParameterSpec> dense(Layer.Dense layer) {
            return weighted(ParameterSpec.weight(layer.outputs(), channels()), layer.bias());
        }

        @Override
        public List<ParameterSpec> batchNorm(Layer.BatchNorm layer) {
            List<Integer> perChannel = List.of(channels());
            return List.of(
                    new ParameterSpec("scale", perChannel, Start.ONE, Role.TRAINED),
                    new ParameterSpec("shift", perChannel, Start.ZERO, Role.TRAINED),
                    new ParameterSpec("mean", perChannel, Start.ZERO, Role.STATISTIC),
                    new ParameterSpec("variance", perChannel, Start.ONE, Role.STATISTIC));
        }

        @Override
        public List<ParameterSpec> activate(Layer.Activate layer) {
            return List.of();
        }

        @Override
        public List<ParameterSpec> pool(Layer.Pool layer) {
            return List.of();
        }

        @Override
        public List<ParameterSpec> globalAveragePool(Layer.GlobalAveragePool layer) {
            return List.of();
        }

        @Override
        public List<ParameterSpec> flatten(Layer.Flatten layer) {
            return List.of();
        }

        @Override
        public List<ParameterSpec> add(Layer.Add layer) {
            return List.of();
        }

        @Override
        public List<ParameterSpec> groupedConv(Layer.GroupedConv layer) {
            Window window = layer.window();
            return weighted(
                    ParameterSpec.weight(
                            layer.outputs(), channels() / layer.groups(), window.kernelHeight(), window.kernelWidth()),
                    layer.bias());
        }

        @Override
        public List<ParameterSpec> concat(Layer.Concat layer) {
            return List.of();
        }

        @Override
        public List<ParameterSpec> gate(Layer.Gate layer) {
            return List.of();
        }

        @Override
        public List<ParameterSpec> slice(Layer.Slice layer) {
            return List.of();
        }

        @Override
        public List<ParameterSpec> fakeQuantize(Layer.FakeQuantize layer) {
            return List.of(new ParameterSpec("log-scale", List.of(1), Start.ZERO, Role.TRAINED));
        }

        @Override
        public List<ParameterSpec> channelShuffle(MovingLayer.ChannelShuffle layer) {
            return List.of();
        }

        @Override
        public List<ParameterSpec> channelShift(MovingLayer.ChannelShift layer) {
            return List.of();
        }

        @Override
        public List<ParameterSpec> shift(MovingLayer.Shift layer) {
            return List.of();
        }

        @Override
        public List<ParameterSpec> activeShift(MovingLayer.ActiveShift layer) {
            return List.of(new ParameterSpec("displacement", List.of(channels(), 2), Start.UNIFORM, Role.TRAINED));
        }

        @Override
        public List<ParameterSpec> embedding(TokenLayer.Embedding layer) {
            return List.of(table(layer));
        }

        @Override
        public List<ParameterSpec> embeddingBag(TokenLayer.EmbeddingBag layer) {
            return List.of(table(layer));
        }

        private static ParameterSpec table(TokenLayer layer) {
            List<Integer> sizes = List.of(layer.vocabulary().size(), layer.dimension());
            return new ParameterSpec(TokenLayer.TABLE, sizes, Start.TABLE, Role.TRAINED);
        }

        private int channels() {
            return inputs.get(0).channels();
        }

        private static List<ParameterSpec> weighted(ParameterSpec weight, Layer.Bias bias) {
            List<ParameterSpec> specs = new ArrayList<>(List.of(weight));
            if (bias == Layer.Bias.PER_CHANNEL) {
                specs.add(new ParameterSpec("bias", List.of(weight.sizes().get(0)), Start.ZERO, Role.TRAINED));
            }
            return specs;
        }
    }
}
