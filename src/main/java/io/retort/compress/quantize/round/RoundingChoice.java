package io.retort.compress.quantize.round;

import io.retort.network.int8.AffineCode;

/**
 * The two codes that each weight of one output may become: those of the steps below and above it, as far as the code
 * has them. A weight that is a whole number of steps, such as 0, or that is clamped, has one.
 */
@SuppressWarnings("ArrayRecordComponent") // weights are read only, and choices are not compared
record RoundingChoice(float[] weights, AffineCode code) {
    /** What the weight is in steps, from the zero point. */
    private float steps(int i) {
        return weights[i] / code.scale();
    }

    private int clamped(double steps) {
        return (int) Math.max(code.least(), Math.min(code.greatest(), steps + code.zeroPoint()));
    }

    int lower(int i) {
        return clamped(Math.floor(steps(i)));
    }

    int upper(int i) {
        return clamped(Math.ceil(steps(i)));
    }

    boolean isFree(int i) {
        return lower(i) < upper(i);
    }

    /** How far above the lower code the weight is, in steps. */
    double fraction(int i) {
        return (double) steps(i) - (lower(i) - code.zeroPoint());
    }

    int[] nearest() {
        int[] codes = new int[weights.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = code.quantize(weights[i]);
        }
        return codes;
    }

    /** What the weights are changed by, with these codes. */
    double[] change(int[] codes) {
        double[] change = new double[codes.length];
        for (int i = 0; i < codes.length; i++) {
            change[i] = (double) code.dequantize(codes[i]) - weights[i];
        }
        return change;
    }
}
