package io.retort.data.shard;

import io.retort.data.InputEncoder;
import io.retort.data.Rows;
import io.retort.storage.Digest;

/**
 * What networks take of shards that this JVM has read before, so that texts are cut into tokens once and not in every
 * epoch. It keeps the shards that were used last, of at most {@value #MAX_BYTES} bytes together. Columns of numbers
 * need no encoding, and are not kept.
 */
final class EncodedInputs {
    private static final long MAX_BYTES = 64L << 20;

    private static final RecentlyUsed<byte[]> KEPT = new RecentlyUsed<>(MAX_BYTES, encoded -> encoded.length);

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
        String key = new Digest().add(shard).add(input).key();
        return KEPT.get(key).orElseGet(() -> {
            byte[] encoded = input.encode(rows);
            KEPT.keep(key, encoded);
            return encoded;
        });
    }
}
