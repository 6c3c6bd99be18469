package io.retort.evaluate;

/**
 * The prediction of a network for one sample, with the label and the teacher's prediction. It is filled anew for each.
 */
final class Prediction {
    private final double[] logProbabilities;
    private final double[] teacherLogProbabilities;
    private int label;
    private int predicted;
    private int teacher;

    Prediction(int classes) {
        logProbabilities = new double[classes];
        teacherLogProbabilities = new double[classes];
    }

    /** Takes over row {@code row} of {@code [samples, classes]} logits of the network and of its teacher. */
    void fill(float[] logits, float[] teacherLogits, int row, int trueLabel) {
        int from = row * logProbabilities.length;
        label = trueLabel;
        predicted = greatest(logits, from, logProbabilities.length);
        teacher = greatest(teacherLogits, from, logProbabilities.length);
        logSoftmax(logits, from, predicted, logProbabilities);
        logSoftmax(teacherLogits, from, teacher, teacherLogProbabilities);
    }

    private static void logSoftmax(float[] logits, int from, int greatest, double[] logs) {
        double sum = 0;
        for (int c = 0; c < logs.length; c++) {
            sum += Math.exp(logits[from + c] - (double) logits[from + greatest]);
        }
        for (int c = 0; c < logs.length; c++) {
            logs[c] = logits[from + c] - (double) logits[from + greatest] - Math.log(sum);
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

    /** {@code KL(p ‖ q)} from the teacher's softmax p to the network's q, in nats. */
    double divergence() {
        double sum = 0;
        for (int c = 0; c < logProbabilities.length; c++) {
            double probability = Math.exp(teacherLogProbabilities[c]);
            sum += probability > 0 ? probability * (teacherLogProbabilities[c] - logProbabilities[c]) : 0;
        }
        return sum;
    }

    /** The probability of the predicted class. */
    double confidence() {
        return Math.exp(logProbabilities[predicted]);
    }
}
