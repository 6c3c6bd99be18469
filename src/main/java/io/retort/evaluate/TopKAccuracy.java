package io.retort.evaluate;

/** The fraction of samples whose true class is among the k most probable. In [0, 1]; greater is better. A tie counts as a hit. */
final class TopKAccuracy implements Metric {
    private final int k;

    TopKAccuracy(int k) {
        this.k = k;
    }

    @Override
    public int sums() {
        return 1;
    }

    @Override
    public void add(Prediction prediction, double[] sums, int at) {
        double own = prediction.logProbability(prediction.label());
        int better = 0;
        for (int c = 0; c < prediction.classes(); c++) {
            if (prediction.logProbability(c) > own) {
                better++;
            }
        }
        if (better < k) {
            sums[at]++;
        }
    }

    @Override
    public double value(double[] sums, int at, long samples) {
        return sums[at] / samples;
    }
}
