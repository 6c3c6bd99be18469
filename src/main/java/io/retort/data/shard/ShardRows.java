package io.retort.data.shard;

import io.retort.data.Rows;
import io.retort.data.Samples;
import io.retort.data.Schema;

/**
 * The rows of a shard that a data set has.
 *
 * @param wholeIds of all rows of the shard
 * @param places the places there of those that the data set has, ascending
 * @param rows those, with the labels that they show
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record ShardRows(Schema schema, long[] wholeIds, int[] places, Rows rows) {
    /** As networks take them. */
    public Samples samples() {
        return schema.encode(rows);
    }

    /** Of values of all rows of the shard, so many for each, those of the rows that the data set has. */
    public float[] of(float[] values, int each) {
        if (places.length == wholeIds.length) {
            return values;
        }
        float[] own = new float[places.length * each];
        for (int i = 0; i < places.length; i++) {
            System.arraycopy(values, places[i] * each, own, i * each, each);
        }
        return own;
    }
}
