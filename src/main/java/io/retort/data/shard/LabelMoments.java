package io.retort.data.shard;

import io.retort.data.Labels;
import io.retort.network.ChannelMoments;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Mean and squared deviations of each value of labels that are numbers, or a 0 or a 1 for each of several classes.
 *
 * @param rows that have a label
 * @param means by value
 * @param squares sum of the squared deviations from it, likewise
 */
public record LabelMoments(int rows, List<Double> means, List<Double> squares) implements Serializable {
    public LabelMoments {
        means = List.copyOf(means);
        squares = List.copyOf(squares);
    }

    /** Of all labels that there are. */
    public static LabelMoments of(Labels labels) {
        return of(labels, IntStream.range(0, labels.rows()).toArray());
    }

    /** Of the labels of some rows, those without one left out. */
    static LabelMoments of(Labels labels, int[] rows) {
        int[] labelled = Arrays.stream(rows).filter(labels::isPresent).toArray();
        int width = labels.width();
        double[] means = new double[width];
        double[] squares = new double[width];
        for (int i = 0; i < width; i++) {
            int at = i;
            means[i] = Arrays.stream(labelled)
                    .mapToDouble(row -> labels.values()[row * width + at])
                    .average()
                    .orElse(0);
            squares[i] = Arrays.stream(labelled)
                    .mapToDouble(row -> labels.values()[row * width + at] - means[at])
                    .map(apart -> apart * apart)
                    .sum();
        }
        return new LabelMoments(labelled.length, boxed(means), boxed(squares));
    }

    private static List<Double> boxed(double[] values) {
        return Arrays.stream(values).boxed().collect(Collectors.toList());
    }

    public ChannelMoments moments() {
        return new ChannelMoments(rows, array(means), array(squares));
    }

    /** Where values are a 0 or a 1: how many rows have a 1, by value. */
    List<Long> ones() {
        return IntStream.range(0, means.size())
                .mapToObj(i -> Math.round(rows * means.get(i)))
                .toList();
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
