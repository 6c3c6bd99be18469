package io.retort.data.shard;

import io.retort.data.Labels;
import io.retort.data.Target;
import io.retort.data.shard.RowFilter.RowKeys;
import io.retort.network.ChannelMoments;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How many rows of a shard a data set has, and what is known of the labels that they show.
 *
 * @param byClass rows by class index; of several classes those that have it; none of numbers
 * @param moments one element where a label is no class
 */
public record RowCounts(int rows, List<Long> byClass, List<LabelMoments> moments) implements Serializable {
    public RowCounts {
        byClass = List.copyOf(byClass);
        moments = List.copyOf(moments);
    }

    /** Counts the rows that a filter leaves. */
    static RowCounts of(RowKeys keys, RowFilter filter, Target target) {
        int[] rows = filter.rows(keys);
        int[] shown = Arrays.stream(rows)
                .filter(row -> filter.showsLabel(keys.ids()[row]))
                .toArray();
        return of(target, keys.labels(), shown, rows.length);
    }

    /** Counts all rows. */
    static RowCounts of(Target target, Labels labels) {
        return of(target, labels, IntStream.range(0, labels.rows()).toArray(), labels.rows());
    }

    /** @param shown the rows whose labels count */
    private static RowCounts of(Target target, Labels labels, int[] shown, int rows) {
        return target.accept(new Target.Visitor<>() {
            @Override
            public RowCounts none(Target.NoTarget none) {
                return new RowCounts(rows, byClass(none.outputs()), List.of());
            }

            @Override
            public RowCounts oneClass(Target.ClassTarget classes) {
                return new RowCounts(rows, byClass(classes.outputs()), List.of());
            }

            @Override
            public RowCounts severalClasses(Target.MultiLabelTarget classes) {
                LabelMoments moments = LabelMoments.of(labels, shown);
                return new RowCounts(rows, moments.ones(), List.of(moments));
            }

            @Override
            public RowCounts numbers(Target.NumberTarget numbers) {
                return new RowCounts(rows, List.of(), List.of(LabelMoments.of(labels, shown)));
            }

            @Override
            public RowCounts embedding(Target.EmbeddingTarget embedding) {
                return new RowCounts(rows, byClass(embedding.classes().size()), List.of());
            }

            private List<Long> byClass(int classes) {
                Long[] counts = new Long[classes];
                Arrays.fill(counts, 0L);
                for (int row : shown) {
                    if (labels.isPresent(row)) {
                        counts[labels.classOf(row)]++;
                    }
                }
                return List.of(counts);
            }
        });
    }

    int labelled() {
        return moments.isEmpty()
                ? Math.toIntExact(byClass.stream().mapToLong(Long::longValue).sum())
                : moments.get(0).rows();
    }

    RowCounts ofLabelled() {
        return new RowCounts(labelled(), byClass, moments);
    }

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
}
