package io.retort.data.shard;

import io.retort.data.InputEncoder;
import io.retort.data.Rows;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.View;
import io.retort.storage.Digest;

/**
 * The rows of a shard that a data set has.
 *
 * @param key of the shard
 * @param whole all rows of the shard
 * @param places the places there of those that the data set has, ascending
 * @param rows those, with the labels that they show
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record ShardRows(Schema schema, String key, Rows whole, int[] places, Rows rows) {
    /** As networks take them. */
    public Samples samples() {
        return samples(View.plain());
    }

    /** As networks take them where a view changes rows; what moves the pixels of images is for {@link View#copy}. */
    public Samples samples(View view) {
        InputEncoder input = schema.input();
        byte[] features = view.changesRows()
                ? input.encode(view.shown(input.columns(), whole))
                : EncodedInputs.of(input, key, whole);
        if (places.length < whole.count()) {
            features = new Rows.NumberValues(features, schema.featureBytes())
                    .rows(places)
                    .stored();
        }
        return new Samples(
                schema, rows.ids(), view.shown(schema.target(), rows.labels(), places, whole.ids()), features);
    }

    /** The ids of all rows of the shard. */
    public long[] wholeIds() {
        return whole.ids();
    }

    /** Of values of all rows of the shard, so many for each, those of the rows that the data set has. */
    public float[] of(float[] values, int each) {
        if (places.length == whole.count()) {
            return values;
        }
        float[] own = new float[places.length * each];
        for (int i = 0; i < places.length; i++) {
            System.arraycopy(values, places[i] * each, own, i * each, each);
        }
        return own;
    }

    /**
     * What networks take of shards that this JVM has read before, so that texts are cut into tokens once and not in
     * every epoch; at most {@value #MAX_BYTES} bytes together. Columns of numbers need no encoding, and are not kept.
     */
    private static final class EncodedInputs {
        private static final long MAX_BYTES = 64L << 20;

        private static final KeptReads<byte[]> KEPT = new KeptReads<>(MAX_BYTES, encoded -> encoded.length);

        private EncodedInputs() {}

        /**
         * The stored input of all rows of a shard.
         *
         * @param shard its key
         */
        static byte[] of(InputEncoder input, String shard, Rows rows) {
            if (input instanceof InputEncoder.Numbers) {
                return input.encode(rows);
            }
            return KEPT.of(new Digest().add(shard).add(input).key(), () -> input.encode(rows));
        }
    }
}
