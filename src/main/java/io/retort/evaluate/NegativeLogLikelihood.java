package io.retort.evaluate;

/** The mean of {@code −log q(label)}, where q is the softmax of the logits. In nats; smaller is better. */
final class NegativeLogLikelihood implements Metric {
    @Override
    public int sums() {
        return 1;
    }

    @Override
    public void add(Prediction prediction, double[] sums, int at) {
        sums[at] -= prediction.logProbability(prediction.label());
    }

    @Override
    public double value(double[] sums, int at, long samples) {
        return sums[at] / samples;
    }
}
