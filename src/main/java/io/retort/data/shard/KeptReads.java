package io.retort.data.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * What this JVM has read of the store and proven, or made of it, so that an epoch need not do again what the one before
 * it did. It is bounded. What makes room is drawn by lot: of data that does not fit, the oldest is always needed next.
 */
public final class KeptReads<V> {
    private final long mostBytes;
    private final ToLongFunction<V> size;
    private final Map<String, V> kept = new HashMap<>();
    private final List<String> keys = new ArrayList<>();
    private final SplittableRandom lot = new SplittableRandom(0);
    private long bytes;

    /** @param size of a value, in bytes */
    public KeptReads(long mostBytes, ToLongFunction<V> size) {
        this.mostBytes = mostBytes;
        this.size = size;
    }

    /** What is kept under a key, or else what {@code read} gives; it must not be written to. */
    public V of(String key, Supplier<V> read) {
        synchronized (this) {
            V known = kept.get(key);
            if (known != null) {
                return known;
            }
        }
        V fresh = read.get(); // others may read meanwhile
        keep(key, fresh);
        return fresh;
    }

    private synchronized void keep(String key, V value) {
        long room = size.applyAsLong(value);
        if (room > mostBytes || kept.containsKey(key)) {
            return;
        }
        while (bytes + room > mostBytes) {
            int drawn = lot.nextInt(keys.size());
            bytes -= size.applyAsLong(kept.remove(keys.get(drawn)));
            keys.set(drawn, keys.get(keys.size() - 1));
            keys.remove(keys.size() - 1);
        }
        kept.put(key, value);
        keys.add(key);
        bytes += room;
    }
}
