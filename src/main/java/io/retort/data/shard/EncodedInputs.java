package io.retort.data.shard;

import io.retort.data.InputEncoder;
import io.retort.data.Rows;
import io.retort.storage.Digest;

/**
 * What networks take of shards that this JVM has read before, so that texts are cut into tokens once and not in every
 * epoch; at most {@value #MAX_BYTES} bytes together. Columns of numbers need no encoding, and are not kept.
 */
final class EncodedInputs {
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
