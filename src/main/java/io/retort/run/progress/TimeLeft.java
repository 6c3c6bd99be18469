package io.retort.run.progress;

import io.retort.report.Amounts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The time left of all trainings that are under way or wait, at the rate since there was none: the work that is left by
 * the work done in a second.
 */
public final class TimeLeft {
    private final Clock clock;
    private final Progress progress;
    private final Set<Training> requested = new LinkedHashSet<>();
    private Instant since = Instant.MIN;
    private double done;

    /** @param progress receives it, while there are several trainings */
    public TimeLeft(Clock clock, Progress progress) {
        this.clock = clock;
        this.progress = progress;
    }

    /**
     * A training that is requested now.
     *
     * @param work its amount beside others, in any unit
     */
    public synchronized Training training(double work) {
        if (requested.isEmpty()) {
            since = Instant.MIN;
            done = 0;
        }
        Training training = new Training(work);
        requested.add(training);
        return training;
    }

    private synchronized void show() {
        progress.together(requested.size() < 2 ? "" : sentence());
    }

    private String sentence() {
        long waiting = requested.stream().filter(training -> !training.begun).count();
        double left = requested.stream().mapToDouble(training -> training.left).sum();
        long begun = requested.size() - waiting;
        double seconds = Duration.between(since, clock.instant()).toMillis() / 1000.0;
        String time =
                done > 0 && seconds > 0 ? ": " + Amounts.wholeSeconds(Math.round(left * seconds / done)) + " left" : "";
        return String.format(
                Locale.ROOT,
                "%d training%s under way%s%s",
                begun,
                begun == 1 ? "" : "s",
                waiting == 0 ? "" : ", " + waiting + " to follow",
                time);
    }

    /** One of them, until it is closed. */
    public final class Training implements AutoCloseable {
        private final double work;
        private double left;
        private boolean begun;

        private Training(double work) {
            this.work = work;
            this.left = work;
        }

        /** It waits no longer. */
        public void begins() {
            synchronized (TimeLeft.this) {
                since = since.equals(Instant.MIN) ? clock.instant() : since;
                begun = true;
            }
        }

        /**
         * Counts work that was done now.
         *
         * @param share of the whole training, in [0, 1]
         */
        public void did(double share) {
            synchronized (TimeLeft.this) {
                done += share * work;
                skips(share);
            }
            show();
        }

        /**
         * Takes off work that an earlier attempt did.
         *
         * @param share of the whole training, in [0, 1]
         */
        public void skips(double share) {
            synchronized (TimeLeft.this) {
                left = Math.max(0, left - share * work);
            }
        }

        @Override
        public void close() {
            synchronized (TimeLeft.this) {
                requested.remove(this);
            }
            show();
        }
    }
}
