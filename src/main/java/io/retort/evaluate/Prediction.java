package io.retort.evaluate;

/**
 * The prediction of a network for one sample, with the label and the teacher's prediction. It is filled anew for each.
 */
final class Prediction {
    private final double[] logProbabilities;
    private int label;
    private int predicted;
    private int teacher;

    Prediction(int classes) {
        logProbabilities = new double[classes];
    }

    /** Takes over row {@code row} of {@code [samples, classes]} logits of the network and of its teacher. */
    void fill(float[] logits, float[] teacherLogits, int row, int trueLabel) {
        int from = row * logProbabilities.length;
        label = trueLabel;
        predicted = greatest(logits, from, logProbabilities.length);
        teacher = greatest(teacherLogits, from, logProbabilities.length);
        double sum = 0;
        for (int c = 0; c < logProbabilities.length; c++) {
            sum += Math.exp(logits[from + c] - (double) logits[from + predicted]);
        }
        for (int c = 0; c < logProbabilities.length; c++) {
            logProbabilities[c] = logits[from + c] - (double) logits[from + predicted] - Math.log(sum);
        }
    }

    /** The class with the greatest of {@code classes} logits that begin at {@code from}; the first of equals. */
    static int greatest(float[] logits, int from, int classes) {
        int best = 0;
        for (int c = 1; c < classes; c++) {
            if (logits[from + c] > logits[from + best]) {
                best = c;
            }
        }
        return best;
    }

    int label() {
        return label;
    }

    /** The class with the greatest logit; the first of equals. */
    int predicted() {
        return predicted;
    }

    /** The class that the teacher predicts. */
    int teacher() {
        return teacher;
    }

    int classes() {
        return logProbabilities.length;
    }

    double logProbability(int classIndex) {
        return logProbabilities[classIndex];
    }

    /** The probability of the predicted class. */
    double confidence() {
        return Math.exp(logProbabilities[predicted]);
    }
}
