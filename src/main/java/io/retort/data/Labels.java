package io.retort.data;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The labels of rows, in their order, as numbers that mean what the data set's {@link Target} says: the index of a
 * class, a 0 or 1 for each of several classes, or one or more amounts. A row may lack its label. The array is taken
 * over without a copy, and is read only.
 *
 * @param values {@code [rows, width]}; not-a-number in a row without label
 * @param width values of a label
 */
@SuppressWarnings("ArrayRecordComponent") // a column of thousands of rows, never compared
public record Labels(float[] values, int width) implements Serializable {
    /** In the place of a class index where a row has no label. */
    public static final int NONE = -1;

    public Labels {
        if (width < 1 || values.length % width != 0) {
            throw new IllegalArgumentException(values.length + " values do not make labels of " + width + " each");
        }
    }

    /**
     * Labels that are classes.
     *
     * @param indices class indices; {@link #NONE} of a row without label
     */
    public static Labels ofClasses(int... indices) {
        float[] values = new float[indices.length];
        for (int row = 0; row < values.length; row++) {
            values[row] = indices[row] == NONE ? Float.NaN : indices[row];
        }
        return new Labels(values, 1);
    }

    public int rows() {
        return values.length / width;
    }

    /** Whether a row has a label. */
    public boolean isPresent(int row) {
        return !Float.isNaN(values[row * width]);
    }

    /** The class index of a row, {@link #NONE} where it has no label. */
    public int classOf(int row) {
        return isPresent(row) ? (int) values[row] : NONE;
    }

    /** The class indices of some rows; {@link #NONE} of a row without label. */
    public int[] classes(int from, int count) {
        return IntStream.range(from, from + count).map(this::classOf).toArray();
    }

    /** The class indices of all rows; {@link #NONE} of a row without label. */
    public int[] classes() {
        return classes(0, rows());
    }

    /** A copy of those of some rows, in the given order. */
    public Labels rows(int... indices) {
        float[] some = new float[indices.length * width];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(values, indices[i] * width, some, i * width, width);
        }
        return new Labels(some, width);
    }

    /** The same labels, but none of rows that are not shown. */
    public Labels shown(IntPredicate isShown) {
        float[] shown = values.clone();
        for (int row = 0; row < rows(); row++) {
            if (!isShown.test(row)) {
                Arrays.fill(shown, row * width, (row + 1) * width, Float.NaN);
            }
        }
        return new Labels(shown, width);
    }

    /** Those of several, one after the other. */
    public static Labels joined(List<Labels> parts) {
        int width = parts.get(0).width();
        float[] all =
                new float[parts.stream().mapToInt(part -> part.values.length).sum()];
        int at = 0;
        for (Labels part : parts) {
            System.arraycopy(part.values, 0, all, at, part.values.length);
            at += part.values.length;
        }
        return new Labels(all, width);
    }

    /**
     * What losses may depend on of the labels that there are.
     *
     * @param labelled rows that have a label
     * @param byClass the labelled rows of each class, by its index; of several classes those that have it; none of
     *     numbers
     */
    public record LabelCounts(Target target, long labelled, List<Long> byClass) {
        public LabelCounts {
            byClass = List.copyOf(byClass);
        }
    }
}
