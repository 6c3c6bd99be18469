package io.retort.cli;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Consumer;

/** The progress of one stage as lines of a log. */
final class ProgressLines implements ProgressReport.Progress {
    private final Consumer<String> lines;
    private final Clock clock;
    private final Duration interval;
    private final String stage;
    private final String unit;
    private final long first;
    private final long total;
    private final Instant start;
    private Instant lastLine;
    private long done;

    ProgressLines(
            Consumer<String> lines, Clock clock, Duration interval, String stage, String unit, long done, long total) {
        this.lines = lines;
        this.clock = clock;
        this.interval = interval;
        this.stage = stage;
        this.unit = unit;
        this.first = done;
        this.done = done;
        this.total = total;
        this.start = clock.instant();
        this.lastLine = start;
        String from = done > 0 ? ", of which " + count(done) + " are done" : "";
        lines.accept(stage + ": " + count(total) + " " + unit + from);
    }

    @Override
    public synchronized void advanceTo(long count) {
        done = count;
        Instant now = clock.instant();
        if (done < total && Duration.between(lastLine, now).compareTo(interval) >= 0) {
            lastLine = now;
            lines.accept(String.format(
                    Locale.ROOT,
                    "%s: %s of %s %s (%d %%)%s",
                    stage,
                    count(done),
                    count(total),
                    unit,
                    100 * done / total,
                    rateAndTimeLeft(now)));
        }
    }

    @Override
    public synchronized void close() {
        Instant now = clock.instant();
        String of = done == total ? "" : " of " + count(total);
        String rate = rate(now) > 0 ? ", " + count(Math.round(rate(now))) + " " + unit + "/s" : "";
        lines.accept(stage + ": ended with " + count(done) + of + " " + unit + " after "
                + words(Duration.between(start, now)) + rate);
    }

    private String rateAndTimeLeft(Instant now) {
        double rate = rate(now);
        if (!(rate > 0)) {
            return "";
        }
        Duration left = Duration.ofSeconds(Math.round((total - done) / rate));
        return ", " + count(Math.round(rate)) + " " + unit + "/s, " + words(left) + " left";
    }

    /** Units per second since this attempt began; 0 where no time has passed. */
    private double rate(Instant now) {
        long millis = Duration.between(start, now).toMillis();
        return millis > 0 ? 1000.0 * (done - first) / millis : 0;
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String words(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600
                ? seconds / 60 + " min " + seconds % 60 + " s"
                : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }
}
