package io.retort.evaluate;

/**
 * {@code Σ_b |accuracy(b) − confidence(b)| · samples(b) / samples} over equally wide bins b of the predicted class's probability
 * (Guo et al. 2017, section 2, arXiv:1706.04599). In [0, 1]; smaller is better.
 */
final class ExpectedCalibrationError implements Metric {
    private final int bins;

    ExpectedCalibrationError(int bins) {
        this.bins = bins;
    }

    /** Per bin: how many hits, and the sum of confidences. The bin's size cancels out. */
    @Override
    public int sums() {
        return 2 * bins;
    }

    @Override
    public void add(Prediction prediction, double[] sums, int at) {
        int bin = (int) Math.min(bins - 1, Math.floor(prediction.confidence() * bins));
        if (prediction.predicted() == prediction.label()) {
            sums[at + 2 * bin]++;
        }
        sums[at + 2 * bin + 1] += prediction.confidence();
    }

    @Override
    public double value(double[] sums, int at, long samples) {
        double error = 0;
        for (int bin = 0; bin < bins; bin++) {
            error += Math.abs(sums[at + 2 * bin] - sums[at + 2 * bin + 1]);
        }
        return error / samples;
    }
}
