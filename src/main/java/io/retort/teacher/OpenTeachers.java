package io.retort.teacher;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The teachers that are open in this JVM, one instance each, shared by all its tasks.
 *
 * <p>Spark offers no place of its own for what outlives a task, so this is the one piece of static state in Retort. It is bounded: at
 * most {@value #IDLE} teachers stay open after their last lease has ended; the one that was idle longest is closed first.
 */
public final class OpenTeachers {
    static final int IDLE = 1;

    private static final OpenTeachers IN_THIS_JVM = new OpenTeachers();

    private final Map<Key, Entry> entries = new LinkedHashMap<>();

    OpenTeachers() {}

    /** Those of this JVM. */
    public static OpenTeachers inThisJvm() {
        return IN_THIS_JVM;
    }

    /** The teacher of {@code source}, opened by the first call. It stays open at least until the lease is closed. */
    public Lease lease(TeacherSource source, int threads) {
        Key key = new Key(source.fingerprint(), threads);
        synchronized (this) {
            // Removed and put back, so that the order is that of the last use.
            Entry entry = entries.remove(key);
            if (entry == null) {
                entry = new Entry(source.open(threads));
            }
            entry.leases++;
            entries.put(key, entry);
            closeIdle();
            return new Lease(this, entry);
        }
    }

    /** Closes every teacher that no task is using. */
    public synchronized void clear() {
        entries.values().removeIf(Entry::closeIfIdle);
    }

    private synchronized void release(Entry entry) {
        entry.leases--;
        closeIdle();
    }

    private void closeIdle() {
        long idle = entries.values().stream().filter(entry -> entry.leases == 0).count();
        var all = entries.values().iterator();
        while (idle > IDLE && all.hasNext()) {
            if (all.next().closeIfIdle()) {
                all.remove();
                idle--;
            }
        }
    }

    private record Key(String fingerprint, int threads) {}

    private static final class Entry {
        private final Teacher teacher;
        private int leases;

        Entry(Teacher teacher) {
            this.teacher = teacher;
        }

        boolean closeIfIdle() {
            if (leases > 0) {
                return false;
            }
            teacher.close();
            return true;
        }
    }

    /** The right to use a teacher until it is closed, once. */
    public static final class Lease implements AutoCloseable {
        private final OpenTeachers teachers;
        private final Entry entry;

        private Lease(OpenTeachers teachers, Entry entry) {
            this.teachers = teachers;
            this.entry = entry;
        }

        public Teacher teacher() {
            return entry.teacher;
        }

        @Override
        public void close() {
            teachers.release(entry);
        }
    }
}
