package io.retort.network.zoo;

import io.retort.network.Layer;
import io.retort.network.Layer.Activate.Function;
import io.retort.network.Layer.Bias;
import io.retort.network.MovingLayer;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import io.retort.network.Window;
import io.retort.network.zoo.SqueezeNet.Normalisation;

/** Blocks of convolutions that are cheaper than a 3×3 one, or see farther for the same price. */
final class ConvolutionBlocks {
    private ConvolutionBlocks() {}

    /**
     * A k×1 and a 1×k convolution, each with BatchNorm and ReLU (Szegedy et al. 2015, arXiv:1512.00567, section 3.2).
     * {@code kernel} is odd.
     */
    static Blocks asymmetric(Blocks network, String name, int outputs, int kernel, int stride) {
        if (kernel % 2 == 0) {
            throw new ShapeException("block '" + name + "' needs an odd kernel, has " + kernel);
        }
        return network.normalisedConvolution(name + ".column", outputs, new Window(kernel, 1, stride, 1, kernel / 2, 0))
                .relu(name + ".column")
                .normalisedConvolution(name + ".row", outputs, new Window(1, kernel, 1, stride, 0, kernel / 2))
                .relu(name + ".row");
    }

    /**
     * A 3×3 convolution whose cells lie {@code dilation} apart, BatchNorm, ReLU (Yu and Koltun 2015, arXiv:1511.07122,
     * section 2).
     */
    static Blocks dilated(Blocks network, String name, int outputs, int dilation) {
        return network.normalisedConvolution(name, outputs, Window.dilated(3, dilation))
                .relu(name);
    }

    /**
     * A 3×3 convolution within groups, BatchNorm, ReLU, and a shuffle, so that the next one mixes the groups
     * (arXiv:1707.01083, section 3.1).
     */
    static Blocks grouped(Blocks network, String name, int outputs, int groups, int stride) {
        return network.then(
                        name + ".conv", new Layer.GroupedConv(outputs, groups, Window.strided(3, stride), Bias.NONE))
                .normalise(name)
                .relu(name)
                .then(name + ".shuffle", new MovingLayer.ChannelShuffle(groups));
    }

    /**
     * A fire module: a 1×1 convolution to {@code squeeze} channels, then side by side a 1×1 and a 3×3 convolution to
     * half of {@code outputs} each, all with ReLU (Iandola et al. 2016, arXiv:1602.07360, section 3.2).
     */
    static Blocks fire(Blocks network, String name, int squeeze, int outputs, Normalisation normalisation) {
        fireConvolution(network, name + ".squeeze", network.last(), squeeze, 1, normalisation);
        String squeezed = network.last();
        fireConvolution(network, name + ".point", squeezed, outputs - outputs / 2, 1, normalisation);
        String point = network.last();
        fireConvolution(network, name + ".square", squeezed, outputs / 2, 3, normalisation);
        return network.join(name + ".concat", new Layer.Concat(), point, network.last());
    }

    private static void fireConvolution(
            Blocks network, String name, String input, int outputs, int kernel, Normalisation normalisation) {
        Bias bias = normalisation == Normalisation.NONE ? Bias.PER_CHANNEL : Bias.NONE;
        network.join(name + ".conv", new Layer.Conv(outputs, Window.same(kernel), bias), input);
        if (normalisation == Normalisation.BATCH) {
            network.normalise(name);
        }
        network.relu(name);
    }

    /**
     * Squeeze and excitation: each channel times a gate from 0 to 1 that two dense layers, ReLU between and sigmoid
     * after, compute of the means of all channels; the first has {@code squeezed} outputs (Hu et al. 2017,
     * arXiv:1709.01507, section 3).
     */
    static Blocks squeezeExcitation(Blocks network, String name, int squeezed) {
        String start = network.last();
        int channels = network.channels();
        network.then(name + ".squeeze", new Layer.GlobalAveragePool())
                .then(name + ".reduce", new Layer.Dense(squeezed, Bias.PER_CHANNEL))
                .relu(name)
                .then(name + ".excite", new Layer.Dense(channels, Bias.PER_CHANNEL))
                .activate(name, Function.SIGMOID);
        return network.join(name + ".gate", new Layer.Gate(), start, network.last());
    }

    /**
     * A ghost module: half of the outputs from a 1×1 convolution, the other half from a 3×3 depthwise convolution of
     * the first (Han et al. 2019, arXiv:1911.11907, section 3.1, with its s = 2 and d = 3).
     */
    static Blocks ghost(Blocks network, String name, int outputs) {
        int primary = (outputs + 1) / 2;
        network.convolution(name + ".primary", primary, 1, 1);
        String first = network.last();
        network.normalisedDepthwise(name + ".cheap", 3, 1).relu(name + ".cheap");
        return joinGhost(network, name, first, outputs);
    }

    /** {@link #ghost} without its ReLUs. */
    static Blocks ghostLinear(Blocks network, String name, int outputs) {
        network.normalisedConvolution(name + ".primary", (outputs + 1) / 2, 1, 1);
        String first = network.last();
        network.normalisedDepthwise(name + ".cheap", 3, 1);
        return joinGhost(network, name, first, outputs);
    }

    private static Blocks joinGhost(Blocks network, String name, String first, int outputs) {
        network.join(name + ".concat", new Layer.Concat(), first, network.last());
        return network.channels() == outputs ? network : network.then(name + ".slice", new Layer.Slice(0, outputs));
    }

    /**
     * A ghost bottleneck: a ghost module to {@code inner} channels, a depthwise convolution where the stride is 2,
     * squeeze and excitation where {@code squeezed} is at least 1, a linear ghost module, and a shortcut, which where
     * the shape changes is a depthwise and a 1×1 convolution (arXiv:1911.11907, section 3.2).
     */
    static Blocks ghostBottleneck(
            Blocks network, String name, int inner, int outputs, int kernel, int squeezed, int stride) {
        String start = network.last();
        Shape startShape = network.shape();
        ghost(network, name + ".expand", inner);
        if (stride > 1) {
            network.normalisedDepthwise(name + ".depthwise", kernel, stride);
        }
        if (squeezed > 0) {
            squeezeExcitation(network, name + ".excitation", squeezed);
        }
        ghostLinear(network, name + ".project", outputs);
        String branch = network.last();
        String shortcut = start;
        if (!network.shape().equals(startShape)) {
            String depthwise = name + ".shortcut.depthwise";
            network.join(depthwise + ".conv", new Layer.DepthwiseConv(Window.strided(kernel, stride), Bias.NONE), start)
                    .normalise(depthwise)
                    .normalisedConvolution(name + ".shortcut", outputs, 1, 1);
            shortcut = network.last();
        }
        return network.join(name + ".add", new Layer.Add(), branch, shortcut);
    }
}
