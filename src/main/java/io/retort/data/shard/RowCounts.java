package io.retort.data.shard;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * How many rows of a shard a data set has.
 *
 * @param byClass those that show a label, by class index
 */
public record RowCounts(int rows, List<Long> byClass) implements Serializable {
    public RowCounts {
        byClass = List.copyOf(byClass);
    }

    /** Counts the rows that a filter leaves. */
    static RowCounts of(RowKeys keys, RowFilter filter, int classes) {
        int[] rows = filter.rows(keys);
        Long[] counts = new Long[classes];
        Arrays.fill(counts, 0L);
        for (int row : rows) {
            if (keys.labels().isPresent(row) && filter.showsLabel(keys.ids()[row])) {
                counts[keys.labels().classOf(row)]++;
            }
        }
        return new RowCounts(rows.length, List.of(counts));
    }

    int labelled() {
        return Math.toIntExact(byClass.stream().mapToLong(Long::longValue).sum());
    }

    RowCounts ofLabelled() {
        return new RowCounts(labelled(), byClass);
    }
}
