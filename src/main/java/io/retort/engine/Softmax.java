package io.retort.engine;

/** Softmax over rows, computed from the row's maximum so that large logits do not overflow. */
public final class Softmax {
    private Softmax() {}

    /** Writes {@code log softmax(logits / temperature)} of the row at {@code from} to {@code logProbabilities}. */
    public static void logOfRow(double[] logits, int from, int classes, double temperature, double[] logProbabilities) {
        double greatest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            greatest = Math.max(greatest, logits[from + c]);
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            sum += Math.exp((logits[from + c] - greatest) / temperature);
        }
        double logSum = Math.log(sum);
        for (int c = 0; c < classes; c++) {
            logProbabilities[c] = (logits[from + c] - greatest) / temperature - logSum;
        }
    }

    /** {@code softmax(logits / temperature)} of every row. */
    public static double[] rows(double[] logits, int classes, double temperature) {
        double[] probabilities = new double[logits.length];
        double[] row = new double[classes];
        for (int from = 0; from < logits.length; from += classes) {
            logOfRow(logits, from, classes, temperature, row);
            for (int c = 0; c < classes; c++) {
                probabilities[from + c] = Math.exp(row[c]);
            }
        }
        return probabilities;
    }

    /** {@code log Σ exp(x)}, of which at least one x is finite. */
    public static double logSumOfExponentials(double[] exponents) {
        double greatest = Double.NEGATIVE_INFINITY;
        for (double exponent : exponents) {
            greatest = Math.max(greatest, exponent);
        }
        double sum = 0;
        for (double exponent : exponents) {
            sum += Math.exp(exponent - greatest);
        }
        return greatest + Math.log(sum);
    }
}
