package io.retort.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Samples by true class (row) and predicted class (column), and what follows from their numbers.
 *
 * @param cells {@code [classes][classes]}
 */
public record Confusion(List<List<Long>> cells) {
    public Confusion {
        cells = cells.stream().map(List::copyOf).toList();
    }

    /** The figures of each class, by its index. */
    public List<ClassFigures> classes() {
        return IntStream.range(0, cells.size())
                .mapToObj(
                        c -> ClassFigures.of(rows(c), predicted(c), cells.get(c).get(c)))
                .toList();
    }

    /**
     * The mean of the recalls of all classes that have samples: what a constant answer reaches is 1 by their number,
     * however unequal they are. In [0, 1]; greater is better.
     */
    public static double balancedAccuracy(List<ClassFigures> classes) {
        return classes.stream()
                .map(ClassFigures::recall)
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .average()
                .orElse(0);
    }

    /** The index of the class with most samples; the first of equals. */
    public int mostFrequent() {
        return IntStream.range(0, cells.size())
                .boxed()
                .max(Comparator.comparingLong(this::rows).thenComparing(Comparator.reverseOrder()))
                .orElseThrow();
    }

    /** The share of the class with most samples: the accuracy of an answer that is always the same. */
    public double mostFrequentShare() {
        long samples = samples();
        return samples == 0 ? 0 : (double) rows(mostFrequent()) / samples;
    }

    public long samples() {
        return IntStream.range(0, cells.size()).mapToLong(this::rows).sum();
    }

    /** The sum of several, cell by cell. */
    public static Confusion sum(List<Confusion> parts) {
        int classes = parts.get(0).cells().size();
        List<List<Long>> sums = new ArrayList<>();
        for (int row = 0; row < classes; row++) {
            int of = row;
            sums.add(IntStream.range(0, classes)
                    .mapToObj(column -> parts.stream()
                            .mapToLong(part -> part.cells.get(of).get(column))
                            .sum())
                    .toList());
        }
        return new Confusion(sums);
    }

    private long rows(int of) {
        return cells.get(of).stream().mapToLong(Long::longValue).sum();
    }

    private long predicted(int as) {
        return cells.stream().mapToLong(row -> row.get(as)).sum();
    }

    /**
     * How samples of one class fare.
     *
     * @param rows samples of the class
     * @param predicted samples that are taken for it, rightly or not
     * @param recall the share of its samples that are taken for it; nothing where it has none
     * @param precision the share of those taken for it that are of it; nothing where none is
     * @param f1 the harmonic mean of both, {@code 2 · right / (rows + predicted)}: 0 where it has samples and is never
     *     predicted, nothing where it is neither there nor predicted
     */
    public record ClassFigures(
            long rows, long predicted, OptionalDouble recall, OptionalDouble precision, OptionalDouble f1) {
        static ClassFigures of(long rows, long predicted, long right) {
            return new ClassFigures(
                    rows, predicted, ratio(right, rows), ratio(right, predicted), ratio(2 * right, rows + predicted));
        }

        /**
         * Of a class beside others that a row may have, too.
         *
         * @param counts samples of it, those taken for it, and those of both
         */
        public static ClassFigures ofDecisions(List<Long> counts) {
            return of(counts.get(0), counts.get(1), counts.get(2));
        }

        /** The mean of those F1 that there are; 0 where there is none. */
        public static double macroF1(List<ClassFigures> classes) {
            return classes.stream()
                    .map(ClassFigures::f1)
                    .filter(OptionalDouble::isPresent)
                    .mapToDouble(OptionalDouble::getAsDouble)
                    .average()
                    .orElse(0);
        }

        /** Whether the class has samples, none of which nor of others is taken for it. */
        public boolean neverPredicted() {
            return rows > 0 && predicted == 0;
        }

        private static OptionalDouble ratio(long part, long whole) {
            return whole == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / whole);
        }
    }
}
