package io.retort.distill.loss;

/** Huber's loss with δ = 1: {@code ½ d²} up to {@code |d| = 1}, {@code |d| − ½} beyond (Huber 1964, Annals of Mathematical Statistics 35). */
final class Huber {
    private Huber() {}

    static double of(double difference) {
        double size = Math.abs(difference);
        return size <= 1 ? difference * difference / 2 : size - 0.5;
    }

    static double slope(double difference) {
        return Math.max(-1, Math.min(1, difference));
    }
}
