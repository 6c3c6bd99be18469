package io.retort.data.shard;

import io.retort.data.Samples;

/**
 * The rows of a shard that a data set has.
 *
 * @param whole all rows of the shard
 * @param rows the places there of those that the data set has, ascending
 * @param samples those, with the labels that they show
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record ShardRows(Samples whole, int[] rows, Samples samples) {
    /** Of values of all rows of the shard, so many for each, those of the rows that the data set has. */
    public float[] of(float[] values, int each) {
        if (rows.length == whole.count()) {
            return values;
        }
        float[] own = new float[rows.length * each];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(values, rows[i] * each, own, i * each, each);
        }
        return own;
    }
}
