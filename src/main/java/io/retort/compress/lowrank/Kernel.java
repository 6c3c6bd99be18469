package io.retort.compress.lowrank;

import io.retort.compress.lowrank.Factorizer.Factor;
import io.retort.network.Layer;
import io.retort.network.Tensor;
import java.util.List;

/**
 * A convolution's weight {@code [outputs, inputs, height, width]} in double precision, and what several of them make
 * one after the other.
 */
@SuppressWarnings("ArrayRecordComponent") // bulk numbers, never compared
record Kernel(double[] values, int outputs, int inputs, int height, int width) {
    /** The product of pieces, as one convolution. */
    static Kernel of(List<Factor> pieces, int inputs) {
        Kernel product = identity(inputs);
        for (Factor piece : pieces) {
            product = product.then(piece);
        }
        return product;
    }

    /** Gives what it is given. */
    static Kernel identity(int inputs) {
        double[] values = new double[inputs * inputs];
        for (int i = 0; i < inputs; i++) {
            values[i * inputs + i] = 1;
        }
        return new Kernel(values, inputs, inputs, 1, 1);
    }

    /** Frobenius norm of a weight less this one, relative to that of the weight. */
    double relativeErrorOf(Tensor weight) {
        double lost = 0;
        double whole = 0;
        for (int i = 0; i < values.length; i++) {
            double value = weight.values()[i];
            lost += (value - values[i]) * (value - values[i]);
            whole += value * value;
        }
        return whole == 0 ? 0 : Math.sqrt(lost / whole);
    }

    /**
     * This, then a piece. In each dimension only one of the two has more than one cell, so that cells are multiplied
     * and never added up.
     */
    private Kernel then(Factor piece) {
        List<Integer> sizes = piece.weight().sizes();
        int makes = sizes.get(0);
        int kernelHeight = sizes.size() == 2 ? 1 : sizes.get(2);
        int kernelWidth = sizes.size() == 2 ? 1 : sizes.get(3);
        boolean eachByItself = piece.layer() instanceof Layer.DepthwiseConv;
        int reads = sizes.get(1);
        Kernel next = new Kernel(
                new double[makes * inputs * height * kernelHeight * width * kernelWidth],
                makes,
                inputs,
                height * kernelHeight,
                width * kernelWidth);
        float[] weight = piece.weight().values();
        for (int i = 0; i < weight.length; i++) {
            int x = i % kernelWidth;
            int y = i / kernelWidth % kernelHeight;
            int made = i / kernelWidth / kernelHeight / reads;
            int read = eachByItself ? made : i / kernelWidth / kernelHeight % reads;
            next.add(weight[i], made, this, read, y, x);
        }
        return next;
    }

    private void add(double factor, int output, Kernel read, int channel, int y, int x) {
        for (int input = 0; input < inputs; input++) {
            for (int row = 0; row < read.height; row++) {
                for (int column = 0; column < read.width; column++) {
                    values[((output * inputs + input) * height + row + y) * width + column + x] += factor
                            * read.values[((channel * inputs + input) * read.height + row) * read.width + column];
                }
            }
        }
    }
}
