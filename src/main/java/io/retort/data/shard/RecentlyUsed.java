package io.retort.data.shard;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** Values that this JVM made, of which those that were used last are kept, as many as a number of bytes allows. */
final class RecentlyUsed<V> {
    private final long maxBytes;
    private final ToLongFunction<V> bytes;
    private final Map<String, V> values = new LinkedHashMap<>(16, 0.75f, true);
    private long kept;

    RecentlyUsed(long maxBytes, ToLongFunction<V> bytes) {
        this.maxBytes = maxBytes;
        this.bytes = bytes;
    }

    synchronized Optional<V> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    synchronized void keep(String key, V value) {
        if (values.put(key, value) == null) {
            kept += bytes.applyAsLong(value);
        }
        for (Iterator<V> oldest = values.values().iterator(); kept > maxBytes && oldest.hasNext(); ) {
            kept -= bytes.applyAsLong(oldest.next());
            oldest.remove();
        }
    }
}
