package io.retort.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * A confusion matrix with its margins, of one network or the mean over several seeds of it.
 *
 * <p>Row i and column j: how many held-out rows of class i were predicted as class j. {@code recall(i) = nᵢᵢ / Σⱼ nᵢⱼ},
 * {@code precision(j) = nⱼⱼ / Σᵢ nᵢⱼ}; over seeds the mean of those that have the figure.
 */
public final class ConfusionTable {
    /** Of more classes the most confused pairs are shown, and no matrix. */
    public static final int MAX_CLASSES = 20;

    private static final int MAX_PAIRS = 20;

    private final String title;
    private final List<String> classes;
    private final List<List<List<Long>>> matrices;

    /**
     * Two classes that are taken for each other.
     *
     * @param count of rows of class {@code truth} that were predicted as {@code predicted}, a mean over seeds
     * @param share of the rows of class {@code truth}
     */
    public record Pair(String truth, String predicted, String count, String share) {}

    /** @param matrices one for each seed */
    ConfusionTable(String title, List<String> classes, List<List<List<Long>>> matrices) {
        this.title = title;
        this.classes = List.copyOf(classes);
        this.matrices = List.copyOf(matrices);
        if (matrices.isEmpty()) {
            throw new IllegalArgumentException("there must be at least one matrix");
        }
    }

    public String title() {
        return title;
    }

    public List<String> classes() {
        return classes;
    }

    /** Whether there are few enough classes for a matrix. */
    public boolean fits() {
        return classes.size() <= MAX_CLASSES;
    }

    /** {@code 93}, or over several seeds {@code 92.7}. */
    public String cell(int truth, int predicted) {
        return count(mean(truth, predicted));
    }

    /** The cell's part of its row, from 0 to 1. */
    public double share(int truth, int predicted) {
        double support = support(truth);
        return support == 0 ? 0 : mean(truth, predicted) / support;
    }

    /** Held-out rows of the class. */
    public long support(int truth) {
        return matrices.get(0).get(truth).stream().mapToLong(Long::longValue).sum();
    }

    /** How often the class was predicted. */
    public String predictions(int predicted) {
        return count(IntStream.range(0, classes.size())
                .mapToDouble(truth -> mean(truth, predicted))
                .sum());
    }

    /** {@code 91.20 %}, or a dash where the class has no row. */
    public String recall(int truth) {
        return percent(matrices.stream()
                .mapToDouble(matrix -> (double) matrix.get(truth).get(truth)
                        / matrix.get(truth).stream().mapToLong(Long::longValue).sum())
                .filter(Double::isFinite)
                .average());
    }

    /** {@code 91.20 %}, or a dash where the class was never predicted. */
    public String precision(int predicted) {
        return percent(matrices.stream()
                .mapToDouble(matrix -> (double) matrix.get(predicted).get(predicted)
                        / matrix.stream().mapToLong(row -> row.get(predicted)).sum())
                .filter(Double::isFinite)
                .average());
    }

    /** The share of rows whose class is predicted. */
    public String accuracy() {
        double right =
                IntStream.range(0, classes.size()).mapToDouble(i -> mean(i, i)).sum();
        double all =
                IntStream.range(0, classes.size()).mapToDouble(this::support).sum();
        return percent(all == 0 ? OptionalDouble.empty() : OptionalDouble.of(right / all));
    }

    /** The pairs that are confused most often, at most {@value #MAX_PAIRS}, none that never is. */
    public List<Pair> pairs() {
        record Place(int truth, int predicted, double count) {}
        List<Place> places = new ArrayList<>();
        for (int truth = 0; truth < classes.size(); truth++) {
            for (int predicted = 0; predicted < classes.size(); predicted++) {
                double count = mean(truth, predicted);
                if (truth != predicted && count > 0) {
                    places.add(new Place(truth, predicted, count));
                }
            }
        }
        return places.stream()
                .sorted(Comparator.comparingDouble(Place::count).reversed())
                .limit(MAX_PAIRS)
                .map(place -> new Pair(
                        classes.get(place.truth()),
                        classes.get(place.predicted()),
                        count(place.count()),
                        percent(OptionalDouble.of(share(place.truth(), place.predicted())))))
                .toList();
    }

    private double mean(int truth, int predicted) {
        return matrices.stream()
                .mapToLong(matrix -> matrix.get(truth).get(predicted))
                .average()
                .orElseThrow();
    }

    private String count(double mean) {
        return String.format(Locale.ROOT, matrices.size() == 1 ? "%,.0f" : "%,.1f", mean);
    }

    private static String percent(OptionalDouble share) {
        return share.isPresent() ? Amounts.percent(share.getAsDouble()) : "–";
    }
}
