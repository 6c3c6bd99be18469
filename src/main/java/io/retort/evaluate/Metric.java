package io.retort.evaluate;

/** A figure that is computed from sums over samples, so that executors can each add up their part. */
interface Metric {
    /** How many sums it needs. */
    int sums();

    /** Adds one sample to the sums, which begin at {@code at}. */
    void add(Prediction prediction, double[] sums, int at);

    /** The figure, from the sums of all {@code samples}. */
    double value(double[] sums, int at, long samples);
}
