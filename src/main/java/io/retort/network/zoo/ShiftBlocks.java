package io.retort.network.zoo;

import io.retort.network.MovingLayer;
import io.retort.network.MovingLayer.ActiveShift;
import io.retort.network.MovingLayer.ActiveShift.Displacements;
import io.retort.network.MovingLayer.Shift.Directions;
import io.retort.network.Shape;
import io.retort.network.zoo.ShiftResNet.Movement;

/** Blocks that look at neighbours by shifting channels instead of by convolving. */
final class ShiftBlocks {
    private static final double SPARSE_PENALTY = 1e-4;

    private ShiftBlocks() {}

    /**
     * Conv-shift-conv: a 1×1 convolution to {@code expansion · outputs} channels with BatchNorm and ReLU, a shift, a 1×1 convolution to
     * {@code outputs} with BatchNorm and ReLU, and then the shortcut is added, which where the shape changes is a 1×1 convolution with BatchNorm (Wu
     * et al. 2017, arXiv:1711.08141, section 4.1, in the order that the authors published). The stride is the second convolution's.
     */
    static Blocks residual(Blocks network, String name, int outputs, int expansion, Movement movement, int stride) {
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
