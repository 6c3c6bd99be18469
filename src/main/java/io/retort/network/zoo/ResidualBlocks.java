package io.retort.network.zoo;

import io.retort.network.Layer;
import io.retort.network.Layer.Activate.Function;
import io.retort.network.Layer.Bias;
import io.retort.network.MovingLayer;
import io.retort.network.MovingLayer.ActiveShift;
import io.retort.network.MovingLayer.ActiveShift.Displacements;
import io.retort.network.MovingLayer.Shift.Directions;
import io.retort.network.Shape;
import io.retort.network.Window;
import io.retort.network.zoo.ResNet.Shift.Movement;

/** Blocks around a shortcut, beside the plain residual one. */
final class ResidualBlocks {
    private static final double SPARSE_PENALTY = 1e-4;

    private ResidualBlocks() {}

    /**
     * {@code ReLU(x + F(x))} with F a 1×1 convolution to {@code outputs / reduction} channels, a 3×3 and a 1×1 to
     * {@code outputs} (He et al. 2015, arXiv:1512.03385, section 4.1; {@code reduction} is 4 there).
     */
    static Blocks bottleneck(Blocks network, String name, int outputs, int reduction, int stride) {
        String start = network.last();
        Shape startShape = network.shape();
        int inner = Math.max(1, outputs / reduction);
        return network.convolution(name + ".reduce", inner, 1, 1)
                .convolution(name + ".spatial", inner, 3, stride)
                .normalisedConvolution(name + ".expand", outputs, 1, 1)
                .addShortcut(name, start, startShape, stride)
                .relu(name);
    }

    /**
     * A 1×1 convolution to {@code expansion} times the input's channels, a 3×3 depthwise one, both with BatchNorm and
     * ReLU6, and a 1×1 convolution with BatchNorm alone, the linear bottleneck; the input is added where it has the
     * output's shape (Sandler et al. 2018, arXiv:1801.04381, section 3.3 and figure 4d). With {@code expansion} 1 there
     * is no first convolution.
     */
    static Blocks inverted(Blocks network, String name, int outputs, int expansion, int stride) {
        String start = network.last();
        Shape startShape = network.shape();
        if (expansion > 1) {
            network.normalisedConvolution(name + ".expand", expansion * network.channels(), 1, 1)
                    .activate(name + ".expand", Function.RELU6);
        }
        network.normalisedDepthwise(name + ".depthwise", 3, stride)
                .activate(name + ".depthwise", Function.RELU6)
                .normalisedConvolution(name + ".project", outputs, 1, 1);
        return network.shape().equals(startShape)
                ? network.join(name + ".add", new Layer.Add(), network.last(), start)
                : network;
    }

    /**
     * Pre-activation: {@code x + F(x)} with F twice BatchNorm, ReLU and a 3×3 convolution; where the shape changes,
     * the shortcut is a 1×1 convolution of the first ReLU (Zagoruyko and Komodakis 2016, arXiv:1605.07146, section 2,
     * block B(3,3)).
     */
    static Blocks preActivated(Blocks network, String name, int outputs, int stride) {
        String start = network.last();
        Shape startShape = network.shape();
        network.normalise(name + ".a").relu(name + ".a");
        String activated = network.last();
        network.then(name + ".a.conv", new Layer.Conv(outputs, Window.strided(3, stride), Bias.NONE))
                .normalise(name + ".b")
                .relu(name + ".b")
                .then(name + ".b.conv", new Layer.Conv(outputs, Window.strided(3, 1), Bias.NONE));
        String branch = network.last();
        String shortcut = start;
        if (!network.shape().equals(startShape)) {
            shortcut = name + ".shortcut.conv";
            network.join(shortcut, new Layer.Conv(outputs, Window.strided(1, stride), Bias.NONE), activated);
        }
        return network.join(name + ".add", new Layer.Add(), branch, shortcut);
    }

    /**
     * Conv-shift-conv: a 1×1 convolution to {@code expansion · outputs} channels with BatchNorm and ReLU, a shift, a
     * 1×1 convolution to {@code outputs} with BatchNorm and ReLU, and then the shortcut is added, which where the
     * shape changes is a 1×1 convolution with BatchNorm (Wu et al. 2017, arXiv:1711.08141, section 4.1, in the order
     * that the authors published). The stride is the second convolution's.
     */
    static Blocks shifted(Blocks network, String name, int outputs, int expansion, Movement movement, int stride) {
        String start = network.last();
        Shape startShape = network.shape();
        network.convolution(name + ".expand", expansion * outputs, 1, 1);
        shift(network, name, movement);
        return network.convolution(name + ".project", outputs, 1, stride).addShortcut(name, start, startShape, stride);
    }

    private static void shift(Blocks network, String name, Movement movement) {
        String shift = name + ".shift";
        switch (movement) {
            case GRID -> network.then(shift, new MovingLayer.Shift(3, Directions.GRID));
            case ADDRESS ->
                network.then(name + ".turn", new MovingLayer.ChannelShift(Math.max(1, network.channels() / 4)))
                        .then(shift, new MovingLayer.Shift(3, Directions.CROSS));
            case ACTIVE -> network.then(shift, new ActiveShift(Displacements.REAL, 0));
            case SPARSE -> network.then(shift, new ActiveShift(Displacements.WHOLE, SPARSE_PENALTY));
        }
    }
}
