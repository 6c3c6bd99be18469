package io.retort.compress.lowrank;

import io.retort.network.Layer;
import io.retort.network.Tensor;
import io.retort.network.Window;
import java.util.List;

/**
 * A layer of a product.
 *
 * @param suffix of its name; that of the last is empty, for it takes the name of the layer that the product replaces
 */
record Piece(String suffix, Layer layer, Tensor weight) {
    /** A 1×1 convolution or a dense layer that reads all channels. */
    static Piece mixing(String suffix, Place place, double[][] weight, Layer.Bias bias) {
        int outputs = weight.length;
        int inputs = weight[0].length;
        float[] values = new float[outputs * inputs];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                values[o * inputs + i] = (float) weight[o][i];
            }
        }
        return place.layer() instanceof Layer.Conv
                ? new Piece(
                        suffix,
                        new Layer.Conv(outputs, Window.same(1), bias),
                        new Tensor(List.of(outputs, inputs, 1, 1), values))
                : new Piece(suffix, new Layer.Dense(outputs, bias), new Tensor(List.of(outputs, inputs), values));
    }

    /** The kernel's column of a window: its height, and nothing of its width. */
    static Window down(Window window) {
        return new Window(
                window.kernelHeight(),
                1,
                window.strideHeight(),
                1,
                window.paddingHeight(),
                0,
                window.dilationHeight(),
                1);
    }

    /** The kernel's row of a window. */
    static Window along(Window window) {
        return new Window(
                1, window.kernelWidth(), 1, window.strideWidth(), 0, window.paddingWidth(), 1, window.dilationWidth());
    }
}
