package io.retort.compress.quantize.round;

import io.retort.network.Layer;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Window;
import java.io.Serializable;
import java.util.Map;

/**
 * A layer with weights as a matrix: the values that the weights of an output are multiplied by at each of its places,
 * in the order of the weight tensor {@code [outputs, channels / groups, kH, kW]}; padding gives 0. A dense layer has
 * one place, an image of one pixel; a depthwise one has a group for each channel.
 *
 * @param input the shape of what is read
 * @param output the shape of what is given
 * @param groups equal, consecutive parts of channels; an output sees those of its own part
 */
record Unfolding(Shape input, Shape output, Window window, int groups) implements Serializable {
    static Unfolding of(Structure structure, Node node) {
        Map<String, Shape> shapes = structure.shapes();
        Shape input = shapes.get(node.inputs().get(0));
        Shape output = shapes.get(node.name());
        if (node.layer() instanceof Layer.Conv conv) {
            return new Unfolding(input, output, conv.window(), 1);
        }
        if (node.layer() instanceof Layer.DepthwiseConv conv) {
            return new Unfolding(input, output, conv.window(), input.channels());
        }
        if (node.layer() instanceof Layer.Dense) {
            return new Unfolding(input, output, Window.valid(1, 1), 1);
        }
        throw new IllegalArgumentException("'" + node.name() + "' multiplies no weights that have an int8 kernel");
    }

    /** The weights of an output. */
    int inputs() {
        return input.channels() / groups * window.kernelHeight() * window.kernelWidth();
    }

    int outputsPerGroup() {
        return output.channels() / groups;
    }

    /** At which an output is computed. */
    int places() {
        return output.height() * output.width();
    }

    /**
     * Writes what a group's weights are multiplied by at a place.
     *
     * @param values of several samples, one after the other
     * @param place of {@link #places}, row by row
     * @param unfolded {@link #inputs} of them
     */
    void unfold(float[] values, int sample, int place, int group, float[] unfolded) {
        int top = place / output.width() * window.strideHeight() - window.paddingHeight();
        int left = place % output.width() * window.strideWidth() - window.paddingWidth();
        int channels = input.channels() / groups;
        int at = 0;
        for (int c = group * channels; c < (group + 1) * channels; c++) {
            int start = (sample * input.channels() + c) * input.height() * input.width();
            for (int kernelRow = 0; kernelRow < window.kernelHeight(); kernelRow++) {
                int row = top + kernelRow * window.dilationHeight();
                for (int kernelColumn = 0; kernelColumn < window.kernelWidth(); kernelColumn++) {
                    int column = left + kernelColumn * window.dilationWidth();
                    boolean inside = row >= 0 && row < input.height() && column >= 0 && column < input.width();
                    unfolded[at++] = inside ? values[start + row * input.width() + column] : 0;
                }
            }
        }
    }
}
