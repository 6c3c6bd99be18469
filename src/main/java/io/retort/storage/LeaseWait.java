package io.retort.storage;

import io.retort.storage.LeaseFiles.Content;
import io.retort.storage.LeaseFiles.State;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** One process's way to a lease. */
final class LeaseWait {
    private static final int LOOKS_PER_PERIOD = 20;

    private final LeaseFiles files;
    private final Path directory;
    private final Lease.Terms terms;
    private final long begun = System.nanoTime();

    private long watchedNumber;
    private byte[] watchedBytes = new byte[0];
    private long watchedSince;
    private Duration watchedPeriod;
    private boolean patient;

    LeaseWait(LeaseFiles files, Path directory, Lease.Terms terms) {
        this.files = files;
        this.directory = directory;
        this.terms = terms;
        this.watchedPeriod = terms.period();
    }

    /** The number under which the lease is ours. */
    long take(Content wanted) {
        while (true) {
            long last = files.greatest();
            if (last == 0 || free(last)) {
                long next = last + 1;
                if (files.create(next, wanted)) {
                    if (files.greatest() == next) {
                        files.deleteOthers(next);
                        return next;
                    }
                    files.delete(next); // others came and went since we looked, and one holds a greater number
                }
                continue; // another was faster
            }
            pause();
        }
    }

    private boolean free(long number) {
        byte[] bytes = files.read(number);
        Optional<Content> content = files.parse(bytes);
        if (content.isPresent()
                && (content.get().state() == State.RELEASED
                        || content.get().holder().gone())) {
            return true;
        }
        long now = System.nanoTime();
        Duration period = content.map(found -> Duration.ofMillis(Math.max(1, found.periodMillis())))
                .orElse(terms.period());
        if (number != watchedNumber || !Arrays.equals(bytes, watchedBytes)) {
            watchedNumber = number;
            watchedBytes = bytes;
            watchedSince = now;
            watchedPeriod = period;
            patient = !writtenWithin(period, number);
        }
        if (now - watchedSince >= period.toNanos()) {
            return true;
        }
        if (!patient && now - begun >= terms.patience().toNanos()) {
            throw held(content);
        }
        return false;
    }

    /** A file from the future is one whose writer's clock has been set back, so its age is unknown. */
    private boolean writtenWithin(Duration period, long number) {
        long age = files.ageMillis(number);
        return age >= 0 && age <= period.toMillis();
    }

    private Lease.HeldException held(Optional<Content> content) {
        String by = content.map(found -> found.holder() + " since " + found.since() + " (" + found.what() + ")")
                .orElse("a process that is just taking it");
        String waited = terms.patience().isZero() ? "" : " after waiting " + Lease.Terms.text(terms.patience());
        return new Lease.HeldException(
                directory + " is held by " + by + waited + "; wait for it to end, or allow a longer wait");
    }

    private void pause() {
        try {
            Duration shorter = watchedPeriod.compareTo(terms.period()) < 0 ? watchedPeriod : terms.period();
            Thread.sleep(Math.max(1, shorter.toMillis() / LOOKS_PER_PERIOD));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Lease.HeldException("interrupted while waiting for " + directory);
        }
    }
}
