package io.retort.compress.quantize.round;

import java.io.Serializable;

/**
 * What a layer's rounding needs to know of its inputs, added up over places of outputs: with x̂ {@code [inputs]} as
 * the quantized layers before it give them, and the gap {@code g = W(x̂ − x) [outputs]} that these left to the
 * float32 inputs x, the sums of {@code x̂, x̂x̂ᵀ, g, gx̂ᵀ}.
 *
 * <p>Their size is that of the layer, whatever the number of samples, and parts can be merged.
 */
final class InputMoments implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int inputs;
    private final int outputs;
    /** Row by row, from the diagonal on. */
    private final double[] products;

    private final double[] gapProducts;
    private final double[] sums;
    private final double[] gapSums;
    private long count;

    InputMoments(int inputs, int outputs) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.products = new double[inputs * (inputs + 1) / 2];
        this.gapProducts = new double[outputs * inputs];
        this.sums = new double[inputs];
        this.gapSums = new double[outputs];
    }

    /** Adds one place. */
    void add(float[] rounded, double[] gap) {
        int row = 0;
        for (int i = 0; i < inputs; i++) {
            double value = rounded[i];
            sums[i] += value;
            if (value != 0) { // half of them are, behind a ReLU
                for (int j = i; j < inputs; j++) {
                    products[row + j - i] += value * rounded[j];
                }
            }
            row += inputs - i;
        }
        for (int o = 0; o < outputs; o++) {
            gapSums[o] += gap[o];
            for (int i = 0; i < inputs; i++) {
                gapProducts[o * inputs + i] += gap[o] * rounded[i];
            }
        }
        count++;
    }

    /** Adds all that another one has seen. */
    void add(InputMoments other) {
        add(products, other.products);
        add(gapProducts, other.gapProducts);
        add(sums, other.sums);
        add(gapSums, other.gapSums);
        count += other.count;
    }

    private static void add(double[] to, double[] from) {
        for (int i = 0; i < to.length; i++) {
            to[i] += from[i];
        }
    }

    /**
     * How much the output o is greater on average, with the weights changed by this much: {@code E[ŵ·x̂ − w·x]}.
     */
    double shift(int output, double[] change) {
        double shift = gapSums[output];
        for (int i = 0; i < inputs; i++) {
            shift += change[i] * sums[i];
        }
        return shift / count;
    }

    /** Of the mean squared error of outputs: {@code E[x̂x̂ᵀ]} and {@code E[gx̂ᵀ]}. */
    Objective meanSquare() {
        return objective(0);
    }

    /**
     * Of the variance of the error, which is all that is left where the bias takes the mean away: {@code Cov[x̂, x̂]}
     * and {@code Cov[g, x̂]}.
     */
    Objective variance() {
        return objective(1);
    }

    private Objective objective(double centring) {
        double[][] gram = new double[inputs][inputs];
        int at = 0;
        for (int i = 0; i < inputs; i++) {
            for (int j = i; j < inputs; j++) {
                gram[i][j] = (products[at++] - centring * sums[i] * (sums[j] / count)) / count;
                gram[j][i] = gram[i][j];
            }
        }
        double[][] slopes = new double[outputs][inputs];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                slopes[o][i] = (gapProducts[o * inputs + i] - centring * gapSums[o] * (sums[i] / count)) / count;
            }
        }
        return new Objective(gram, slopes);
    }

    /**
     * The error that a change d of an output's weights adds to it, a quadratic form:
     * {@code E[(ŵ·x̂ − w·x)²] − E[(w·x̂ − w·x)²] = dᵀGd + 2 dᵀs}, with d = ŵ − w, the Gram matrix
     * {@code G = E[x̂x̂ᵀ]} of the inputs, and the slope {@code s = E[x̂ (w·x̂ − w·x)]} of what the layers
     * before it left to make up for.
     *
     * @param gram {@code [inputs, inputs]}, symmetric, and the same for all outputs
     * @param slopes {@code [outputs, inputs]}
     */
    @SuppressWarnings("ArrayRecordComponent") // read only, and not compared
    record Objective(double[][] gram, double[][] slopes) {
        /** Smaller is better; 0 for no change. */
        double value(int output, double[] change) {
            double value = 0;
            for (int i = 0; i < change.length; i++) {
                double row = 0;
                for (int j = 0; j < change.length; j++) {
                    row += gram[i][j] * change[j];
                }
                value += change[i] * (row + 2 * slopes[output][i]);
            }
            return value;
        }

        /** The mean square of an input; what a weight that is off by 1 adds on average. */
        double meanSquare() {
            double trace = 0;
            for (int i = 0; i < gram.length; i++) {
                trace += gram[i][i];
            }
            return trace / gram.length;
        }
    }
}
