package io.retort.predict;

import io.retort.predict.Model.ModelHandle;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The models that are open in this JVM, one instance each, shared by all its tasks.
 *
 * <p>It is static, for Spark offers no place of its own for what outlives a task. It is bounded: at most
 * {@value #MAX_IDLE} models stay open after their last lease has ended, as many as a task may lease one after the other
 * (logits and taps; challenger and champion); the one that was idle longest is closed first.
 */
public final class ModelCache {
    static final int MAX_IDLE = 2;

    private static final ModelCache IN_THIS_JVM = new ModelCache();

    private final Map<Key, Entry> entries = new LinkedHashMap<>();

    ModelCache() {}

    /** That of this JVM. */
    public static ModelCache inThisJvm() {
        return IN_THIS_JVM;
    }

    /**
     * The model of a fingerprint, opened by the first call. It stays open at least until the lease is closed.
     *
     * @param handle is asked for only where the model is not open yet
     */
    public Lease lease(String fingerprint, int threads, Supplier<? extends ModelHandle> handle) {
        Key key = new Key(fingerprint, threads);
        Entry entry;
        synchronized (this) {
            // Removed and put back, so that the order is that of the last use.
            entry = entries.remove(key);
            entry = entry == null ? new Entry() : entry;
            entry.leases++;
            entries.put(key, entry);
            closeIdle();
        }
        try {
            entry.open(handle, threads);
            return new Lease(this, key, entry);
        } catch (RuntimeException | Error e) {
            release(key, entry);
            throw e;
        }
    }

    /** Closes every model that no task is using. */
    public synchronized void clear() {
        entries.values().removeIf(Entry::closeIfIdle);
    }

    private synchronized void release(Key key, Entry entry) {
        entry.leases--;
        if (entry.leases == 0 && entry.model == null) {
            entries.remove(key, entry);
        }
        closeIdle();
    }

    private void closeIdle() {
        long idle = entries.values().stream().filter(entry -> entry.leases == 0).count();
        var all = entries.values().iterator();
        while (idle > MAX_IDLE && all.hasNext()) {
            if (all.next().closeIfIdle()) {
                all.remove();
                idle--;
            }
        }
    }

    private record Key(String fingerprint, int threads) {}

    private static final class Entry {
        private volatile Model model;
        private int leases;

        /** Tasks that want another model do not wait for it. */
        synchronized void open(Supplier<? extends ModelHandle> handle, int threads) {
            if (model == null) {
                model = handle.get().open(threads);
            }
        }

        boolean closeIfIdle() {
            if (leases > 0) {
                return false;
            }
            model.close();
            return true;
        }
    }

    /** The right to use a model until it is closed, once. */
    public static final class Lease implements AutoCloseable {
        private final ModelCache cache;
        private final Key key;
        private final Entry entry;

        private Lease(ModelCache cache, Key key, Entry entry) {
            this.cache = cache;
            this.key = key;
            this.entry = entry;
        }

        public Model model() {
            return entry.model;
        }

        @Override
        public void close() {
            cache.release(key, entry);
        }
    }
}
