package io.retort.compress.quantize.round;

/**
 * The error that a change d of an output's weights adds to it, a quadratic form: {@code E[(ŵ·x̂ − w·x)²] − E[(w·x̂ − w·x)²] = dᵀGd + 2 dᵀs}, with d = ŵ − w,
 * the Gram matrix {@code G = E[x̂x̂ᵀ]} of the inputs, and the slope {@code s = E[x̂ (w·x̂ − w·x)]} of what the layers before it left to make up for.
 *
 * @param gram {@code [inputs, inputs]}, symmetric, and the same for all outputs
 * @param slopes {@code [outputs, inputs]}
 */
@SuppressWarnings("ArrayRecordComponent") // read only, and not compared
record RoundingObjective(double[][] gram, double[][] slopes) {
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
