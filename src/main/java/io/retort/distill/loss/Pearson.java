package io.retort.distill.loss;

/**
 * Pearson's correlation of two series, {@code ρ = a·b / (|a| |b| + ε)} with a and b the series less their means, and its gradient by the first series.
 *
 * <p>{@code ε = 1e-8} makes a series without variance uncorrelated with any other.
 */
final class Pearson {
    private static final double EPSILON = 1e-8;

    private Pearson() {}

    /** Returns the correlation of x and y and writes its gradient by x. */
    static double of(double[] x, double[] y, double[] gradient) {
        double[] a = centred(x);
        double[] b = centred(y);
        double product = dot(a, b);
        double normA = Math.sqrt(dot(a, a));
        double normB = Math.sqrt(dot(b, b));
        double divisor = normA * normB + EPSILON;
        double pull = normA > 0 ? product * normB / (normA * divisor * divisor) : 0;
        for (int i = 0; i < x.length; i++) {
            gradient[i] = b[i] / divisor - pull * a[i]; // its mean is 0, so centring changes nothing
        }
        return product / divisor;
    }

    private static double[] centred(double[] values) {
        double mean = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        double[] centred = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            centred[i] = values[i] - mean;
        }
        return centred;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
