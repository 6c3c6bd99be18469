package io.retort.evaluate;

import java.util.OptionalDouble;

/**
 * How samples of one class fare.
 *
 * @param rows samples of the class
 * @param predicted samples that are taken for it, rightly or not
 * @param recall the share of its samples that are taken for it; nothing where it has none
 * @param precision the share of those taken for it that are of it; nothing where none is
 * @param f1 the harmonic mean of both, {@code 2 · right / (rows + predicted)}: 0 where it has samples and is never predicted, nothing where it is neither
 *     there nor predicted
 */
public record ClassFigures(
        long rows, long predicted, OptionalDouble recall, OptionalDouble precision, OptionalDouble f1) {
    static ClassFigures of(long rows, long predicted, long right) {
        return new ClassFigures(
                rows, predicted, ratio(right, rows), ratio(right, predicted), ratio(2 * right, rows + predicted));
    }

    /** Whether the class has samples, none of which nor of others is taken for it. */
    public boolean neverPredicted() {
        return rows > 0 && predicted == 0;
    }

    private static OptionalDouble ratio(long part, long whole) {
        return whole == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / whole);
    }
}
