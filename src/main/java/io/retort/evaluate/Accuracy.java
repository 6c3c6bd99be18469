package io.retort.evaluate;

/** The fraction of samples whose true class is predicted. In [0, 1]; greater is better. */
final class Accuracy implements Metric {
    @Override
    public int sums() {
        return 1;
    }

    @Override
    public void add(Prediction prediction, double[] sums, int at) {
        if (prediction.predicted() == prediction.label()) {
            sums[at]++;
        }
    }

    @Override
    public double value(double[] sums, int at, long samples) {
        return sums[at] / samples;
    }
}
