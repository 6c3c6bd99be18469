package io.retort.evaluate;

/** The fraction of samples for which network and teacher predict the same class. In [0, 1]; greater is closer to the teacher. */
final class Agreement implements Metric {
    @Override
    public int sums() {
        return 1;
    }

    @Override
    public void add(Prediction prediction, double[] sums, int at) {
        if (prediction.predicted() == prediction.teacher()) {
            sums[at]++;
        }
    }

    @Override
    public double value(double[] sums, int at, long samples) {
        return sums[at] / samples;
    }
}
