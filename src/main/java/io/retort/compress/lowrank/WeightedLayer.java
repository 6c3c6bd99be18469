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

    double weight(int output, int input, int row, int column) {
        return weight.values()[((output * inputs() + input) * kernelHeight() + row) * kernelWidth() + column];
    }

    /** The weight as a matrix. */
    double[][] matrix(int rows, int columns, Index index) {
        double[][] matrix = new double[rows][columns];
        for (int o = 0; o < outputs(); o++) {
            for (int i = 0; i < inputs(); i++) {
                for (int y = 0; y < kernelHeight(); y++) {
                    for (int x = 0; x < kernelWidth(); x++) {
                        matrix[index.row(o, i, y, x)][index.column(o, i, y, x)] = weight(o, i, y, x);
                    }
                }
            }
        }
        return matrix;
    }

    /** Where a weight stands in a matrix. */
    interface Index {
        int row(int output, int input, int y, int x);

        int column(int output, int input, int y, int x);
    }

    /** {@code [outputs, inputs · kH · kW]}. */
    double[][] byOutput() {
        return matrix(outputs(), inputs() * kernelArea(), new Index() {
            @Override
            public int row(int output, int input, int y, int x) {
                return output;
            }

            @Override
            public int column(int output, int input, int y, int x) {
                return (input * kernelHeight() + y) * kernelWidth() + x;
            }
        });
    }

    /** {@code [inputs, outputs · kH · kW]}. */
    double[][] byInput() {
        return matrix(inputs(), outputs() * kernelArea(), new Index() {
            @Override
            public int row(int output, int input, int y, int x) {
                return input;
            }

            @Override
            public int column(int output, int input, int y, int x) {
                return (output * kernelHeight() + y) * kernelWidth() + x;
            }
        });
    }

    /** {@code [inputs · kH, outputs · kW]}. */
    double[][] byInputAndRow() {
        return matrix(inputs() * kernelHeight(), outputs() * kernelWidth(), new Index() {
            @Override
            public int row(int output, int input, int y, int x) {
                return input * kernelHeight() + y;
            }

            @Override
            public int column(int output, int input, int y, int x) {
                return output * kernelWidth() + x;
            }
        });
    }
}
