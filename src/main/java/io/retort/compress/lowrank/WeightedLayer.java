package io.retort.compress.lowrank;

import io.retort.network.Layer;
import io.retort.network.Shape;
import io.retort.network.Tensor;
import io.retort.network.Window;

/**
 * A layer with weights, where it stands in its network.
 *
 * @param layer a convolution or dense layer
 * @param weight {@code [outputs, inputs, kH, kW]} or {@code [outputs, inputs]}
 */
record WeightedLayer(Layer layer, Tensor weight, Shape input, Shape output) {
    int outputs() {
        return weight.sizes().get(0);
    }

    int inputs() {
        return weight.sizes().get(1);
    }

    int kernelHeight() {
        return window().kernelHeight();
    }

    int kernelWidth() {
        return window().kernelWidth();
    }

    int kernelArea() {
        return kernelHeight() * kernelWidth();
    }

    /** A dense layer sees one pixel. */
    Window window() {
        return layer instanceof Layer.Conv conv ? conv.window() : Window.same(1);
    }

    Layer.Bias bias() {
        return layer instanceof Layer.Conv conv ? conv.bias() : ((Layer.Dense) layer).bias();
    }

    long inputPixels() {
        return (long) input.height() * input.width();
    }

    long outputPixels() {
        return (long) output.height() * output.width();
    }

    /** Pixels between a convolution down the columns and one along the rows. */
    long betweenPixels() {
        return (long) output.height() * input.width();
    }

    long macs() {
        return outputPixels() * weight.values().length;
    }

    /** {@code [outputs, inputs · kH · kW]}: as the weight's values lie. */
    double[][] byOutput() {
        int columns = inputs() * kernelArea();
        return matrix(
                outputs(), columns, (o, i, y, x) -> ((o * inputs() + i) * kernelHeight() + y) * kernelWidth() + x);
    }

    /** {@code [inputs, outputs · kH · kW]}. */
    double[][] byInput() {
        int columns = outputs() * kernelArea();
        return matrix(
                inputs(), columns, (o, i, y, x) -> ((i * outputs() + o) * kernelHeight() + y) * kernelWidth() + x);
    }

    /** {@code [inputs · kH, outputs · kW]}. */
    double[][] byInputAndRow() {
        int rows = inputs() * kernelHeight();
        int columns = outputs() * kernelWidth();
        return matrix(rows, columns, (o, i, y, x) -> ((i * kernelHeight() + y) * outputs() + o) * kernelWidth() + x);
    }

    private double[][] matrix(int rows, int columns, Index index) {
        double[][] matrix = new double[rows][columns];
        for (int at = 0; at < weight.values().length; at++) {
            int x = at % kernelWidth();
            int y = at / kernelWidth() % kernelHeight();
            int channels = at / kernelArea();
            int element = index.of(channels / inputs(), channels % inputs(), y, x);
            matrix[element / columns][element % columns] = weight.values()[at];
        }
        return matrix;
    }

    /** The place of a weight among a matrix's elements, row by row. */
    private interface Index {
        int of(int output, int input, int y, int x);
    }
}
