package io.retort.storage;

import io.retort.storage.LeaseFiles.Content;
import io.retort.storage.LeaseFiles.State;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right of one process to do something, kept in a directory on any file system that can create a file exclusively
 * (local disks, NFS, HDFS).
 *
 * <p>Whoever holds it renews it from a thread of its own. A holder that died leaves nothing that a person must clean:
 * it is taken for dead
 * <ul>
 *   <li>at once, if it ran on this machine, in this container, and its process is gone;
 *   <li>otherwise when what it last wrote has stood unchanged for a whole period, by the monotonic clock of the one who
 *   waits.
 * </ul>
 * No wall clock decides, neither ours nor the holder's: one that was set, or that differs from machine to machine, can
 * delay a takeover and never cause one. Without patience a lease that was written within its period, by the file
 * system's clock, counts as held; an older one is watched for a period even so, since its holder is probably dead.
 *
 * <p>A process that was stopped for longer than a period may wake up to find that another has its lease. It must
 * therefore call {@link #requireHeld} before it publishes; {@link #number} rises with each holder and distinguishes a
 * late writer from the present one (Kleppmann 2016, "How to do distributed locking", calls it a fencing token).
 */
public final class Lease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    private final LeaseFiles files;
    private final Path directory;
    private final long number;
    private final Thread renewal;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final EndOfProcess end;
    private Content content;

    private Lease(LeaseFiles files, Path directory, long number, Content content, Terms terms) {
        this.files = files;
        this.directory = directory;
        this.number = number;
        this.content = content;
        this.renewal = new Thread(() -> renewUntilClosed(terms.betweenRenewals()), "lease of " + directory);
        renewal.setDaemon(true);
        this.end = EndOfProcess.last(this::giveBack);
    }

    /**
     * Takes the lease, waiting for it as long as the terms allow.
     *
     * @param directory of this lease and nothing else; it is made if need be, and one small file stays in it
     * @param what the work that it is for, for people who find it held
     * @param clock dates the lease, for people
     * @throws HeldException where another holds it
     */
    public static Lease acquire(Storage storage, Path directory, String what, Terms terms, Clock clock) {
        LeaseFiles files = new LeaseFiles(storage, directory);
        Content wanted = new Content(
                State.HELD,
                LeaseHolder.current(),
                what,
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(),
                terms.period().toMillis(),
                0);
        long number = new LeaseWait(files, directory, terms).take(wanted);
        Lease lease = new Lease(files, directory, number, wanted, terms);
        lease.renewal.start();
        return lease;
    }

    /** The holder of the lease, as far as is known without waiting: no process of this machine that is gone. */
    public static Optional<LeaseHolder> holder(Storage storage, Path directory) {
        LeaseFiles files = new LeaseFiles(storage, directory);
        return files.parse(files.read(files.greatest()))
                .filter(content -> content.state() == State.HELD)
                .map(Content::holder)
                .filter(holder -> !holder.gone());
    }

    /** Rises with each holder. */
    public long number() {
        return number;
    }

    /**
     * To be called right before something is published.
     *
     * @throws LostException if another has taken the lease
     */
    public void requireHeld() {
        long greatest = files.greatest();
        if (greatest != number) {
            String other = files.parse(files.read(greatest))
                    .map(found -> found.holder() + " (" + found.what() + ")")
                    .orElse("another process");
            throw new LostException("the lease " + directory + " was lost to " + other
                    + ", because this process did not renew it for "
                    + Terms.text(Duration.ofMillis(content().periodMillis()))
                    + "; nothing is published. Start again");
        }
    }

    /** Gives the lease back, as the end of the process does unless it is killed. A lost one is left as it is. */
    @Override
    public void close() {
        end.close();
        giveBack();
    }

    private void giveBack() {
        closed.countDown();
        try {
            renewal.join(content().periodMillis());
            if (!renewal.isAlive() && files.greatest() == number) {
                files.replace(number, content().released());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("{} could not be given back, and will be free when it has run out: {}", directory, e.getMessage());
        }
    }

    private synchronized Content content() {
        return content;
    }

    private void renewUntilClosed(Duration pause) {
        try {
            while (!closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                renew();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody renews it any more, which its next holder will find out
        }
    }

    private synchronized void renew() {
        try {
            if (files.greatest() == number) {
                content = content.renewed();
                files.replace(number, content);
            }
        } catch (RuntimeException e) {
            LOG.warn("{} could not be renewed, and will be tried again: {}", directory, e.getMessage());
        }
    }

    /**
     * How a lease is held and waited for.
     *
     * @param period after which a holder that has not renewed may be taken for dead; it renews three times as often
     * @param patience how long to wait for one that another holds; zero leaves at once
     */
    public record Terms(Duration period, Duration patience) {
        /** For work that has no terms of its own: a minute, and no wait. */
        public static final Terms USUAL = new Terms(Duration.ofMinutes(1), Duration.ZERO);

        public Terms {
            if (period.compareTo(Duration.ofMillis(50)) < 0) {
                throw new IllegalArgumentException("lease must be at least 50 ms, was " + period.toMillis() + " ms");
            }
            if (patience.isNegative()) {
                throw new IllegalArgumentException("wait must not be negative, was " + patience.toMillis() + " ms");
            }
        }

        Duration betweenRenewals() {
            return period.dividedBy(3);
        }

        /** {@code 1m30s}. */
        static String text(Duration duration) {
            return duration.toString().substring(2).toLowerCase(Locale.ROOT);
        }
    }

    /** Another process holds the lease, and the wait for it is over. The message names the holder and since when. */
    public static final class HeldException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        HeldException(String message) {
            super(message);
        }
    }

    /** This process was taken for dead and another has its lease; whatever it was about to publish must not be. */
    public static final class LostException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LostException(String message) {
            super(message);
        }
    }
}
