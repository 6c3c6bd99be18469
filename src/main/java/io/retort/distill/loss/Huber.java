package io.retort.distill.loss;

/** Huber's loss of a difference: {@code x²/2} where {@code |x| ≤ 1}, {@code |x| − 1/2} beyond (Park et al. 2019, eq. 5, arXiv:1904.05068). */
final class Huber {
    private Huber() {}

    static double value(double x) {
        double size = Math.abs(x);
        return size <= 1 ? x * x / 2 : size - 0.5;
    }

    static double slope(double x) {
        return Math.max(-1, Math.min(1, x));
    }
}
