package io.retort.run;

import io.retort.data.LabelColumns;
import io.retort.data.shard.Dataset;
import io.retort.network.ChannelMoments;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How many rows of each class there are, or what numbers are like, on one line. */
final class RowsByClass {
    /** Of more classes only the smallest are shown. */
    private static final int MOST = 10;

    private static final int SMALLEST = 3;

    private RowsByClass() {}

    /**
     * {@code rows by class: train no 12,000, yes 340, 59,400 without label; test no 2,000, yes 55}, or
     * {@code labels, mean and deviation: train price 180.2 ± 79.4; test price 178.9 ± 80.1}.
     */
    static String line(Dataset train, Dataset test) {
        boolean numbers = train.schema().target().kind() == LabelColumns.Kind.NUMBERS;
        return (numbers ? "labels, mean and deviation: train " : "rows by class: train ") + shares(train) + "; test "
                + shares(test);
    }

    private static String shares(Dataset dataset) {
        long without = dataset.samples() - dataset.labelled();
        List<String> names = dataset.schema().target().kind() == LabelColumns.Kind.NUMBERS
                ? dataset.schema().classNames()
                : dataset.schema().target().classes();
        String labelled = dataset.labelled() == 0
                ? "none"
                : dataset.schema().target().kind() == LabelColumns.Kind.NUMBERS
                        ? numbers(names, dataset.labelMoments())
                        : shares(names, dataset.labelCounts());
        return without == 0 ? labelled : labelled + String.format(Locale.ROOT, ", %,d without label", without);
    }

    private static String numbers(List<String> names, ChannelMoments moments) {
        String shown = IntStream.range(0, Math.min(MOST, names.size()))
                .mapToObj(i -> String.format(
                        Locale.ROOT, "%s %.4g ± %.4g", names.get(i), moments.mean()[i], Math.sqrt(moments.variance(i))))
                .collect(Collectors.joining(", "));
        return names.size() <= MOST ? shown : shown + " and " + (names.size() - MOST) + " more";
    }

    private static String shares(List<String> names, List<Long> counts) {
        if (names.size() <= MOST) {
            return listed(
                    names, counts, IntStream.range(0, names.size()).boxed().toList());
        }
        List<Integer> ascending = IntStream.range(0, names.size())
                .boxed()
                .sorted(Comparator.comparing(counts::get))
                .toList();
        return String.format(
                Locale.ROOT,
                "%d classes of %,d to %,d, fewest of %s",
                names.size(),
                counts.get(ascending.get(0)),
                counts.get(ascending.get(names.size() - 1)),
                listed(names, counts, ascending.subList(0, SMALLEST)));
    }

    private static String listed(List<String> names, List<Long> counts, List<Integer> classes) {
        return classes.stream()
                .map(c -> String.format(Locale.ROOT, "%s %,d", names.get(c), counts.get(c)))
                .collect(Collectors.joining(", "));
    }
}
