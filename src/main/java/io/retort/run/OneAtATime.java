package io.retort.run;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Lets those who need the same thing wait for each other, so that the first makes it and the others find it. */
final class OneAtATime {
    private final Map<String, Object> locks = new ConcurrentHashMap<>();

    /** @param key of what is needed */
    <T> T of(String key, Supplier<T> work) {
        synchronized (locks.computeIfAbsent(key, unknown -> new Object())) {
            return work.get();
        }
    }
}
