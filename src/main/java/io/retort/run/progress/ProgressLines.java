package io.retort.run.progress;

import static io.retort.report.Amounts.count;
import static io.retort.report.Amounts.wholeSeconds;

import io.retort.storage.EndOfProcess;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Consumer;

/** Progress for a log: a line when a stage begins, one when it ends, and between them one per interval at most. */
public final class ProgressLines implements Progress {
    private final Consumer<String> lines;
    private final Clock clock;
    private final Duration interval;
    private Instant lastTogether = Instant.MIN;

    public ProgressLines(Consumer<String> lines, Clock clock, Duration interval) {
        this.lines = line -> {
            synchronized (this) {
                lines.accept(line);
            }
        };
        this.clock = clock;
        this.interval = interval;
    }

    @Override
    public Stage begin(String name, String unit, long total) {
        lines.accept(name + ": " + (total == UNKNOWN ? "" : count(total) + " ") + unit);
        return new LineStage(name, unit, total);
    }

    @Override
    public synchronized void together(String sentence) {
        Instant now = clock.instant();
        if (!sentence.isEmpty() && !EndOfProcess.begun() && !now.isBefore(lastTogether.plus(interval))) {
            lastTogether = now;
            lines.accept(sentence);
        }
    }

    @Override
    public void say(String line) {
        lines.accept(line);
    }

    private final class LineStage implements Stage {
        private final String name;
        private final String unit;
        private final long total;
        private final Instant start = clock.instant();
        private Instant lastLine = start;
        private String note = "";
        private long skipped;
        private long done;

        LineStage(String name, String unit, long total) {
            this.name = name;
            this.unit = unit;
            this.total = total;
        }

        @Override
        public synchronized void skip(long units) {
            skipped += units;
            done += units;
        }

        @Override
        public synchronized void advance(long units) {
            done += units;
            if (EndOfProcess.begun()) {
                return; // the last line is that of the run
            }
            Instant now = clock.instant();
            if ((done < total || total == UNKNOWN)
                    && Duration.between(lastLine, now).compareTo(interval) >= 0) {
                lastLine = now;
                lines.accept(String.format(
                        Locale.ROOT,
                        "%s: %s%s %s%s%s%s",
                        name,
                        count(done),
                        total == UNKNOWN ? "" : " of " + count(total),
                        unit,
                        total == UNKNOWN ? "" : " (" + 100 * done / total + " %)",
                        rateAndTimeLeft(now),
                        note));
            }
        }

        @Override
        public synchronized void note(String text) {
            note = ", " + text;
        }

        @Override
        public synchronized void close() {
            if (EndOfProcess.begun()) {
                return; // it has not come to its end
            }
            Instant now = clock.instant();
            String of = done == total || total == UNKNOWN ? "" : " of " + count(total);
            lines.accept(name + ": ended with " + count(done) + of + " " + unit + " after "
                    + wholeSeconds(Duration.between(start, now).toSeconds()) + shown(rate(now)) + note);
        }

        private String rateAndTimeLeft(Instant now) {
            double rate = rate(now);
            if (!(rate > 0)) {
                return "";
            }
            String left = total == UNKNOWN ? "" : ", " + wholeSeconds(Math.round((total - done) / rate)) + " left";
            return shown(rate) + left;
        }

        /** Nothing where a second brings less than a unit: the time that is left says more. */
        private String shown(double rate) {
            return rate < 1 ? "" : ", " + count(Math.round(rate)) + " " + unit + "/s";
        }

        /** Units per second of this attempt; 0 where no time has passed. */
        private double rate(Instant now) {
            long millis = Duration.between(start, now).toMillis();
            return millis > 0 ? 1000.0 * (done - skipped) / millis : 0;
        }
    }
}
