package io.retort.cli;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;

/** Tells somebody who waits how far each stage is. */
public interface ProgressReport {
    /**
     * A stage begins.
     *
     * @param unit what is counted, in the plural, such as {@code samples}
     * @param done how many were there already, of an earlier attempt; they do not count in the rate
     * @param total how many there will be
     */
    Progress begin(String stage, String unit, long done, long total);

    /** How far one stage is. It may be told from several threads. */
    interface Progress extends AutoCloseable {
        /** So many are done in all. */
        void advanceTo(long done);

        /** The stage has ended, well or not. */
        @Override
        void close();
    }

    /** A bar per stage, with rate and time left, that is drawn over and over. */
    static ProgressReport onTerminal(PrintStream terminal) {
        return new ProgressBars(terminal);
    }

    /** Lines, for logs: one when a stage begins, one when it ends, and between them one per {@code interval} at most. */
    static ProgressReport inLines(Consumer<String> lines, Clock clock, Duration interval) {
        return (stage, unit, done, total) -> new ProgressLines(lines, clock, interval, stage, unit, done, total);
    }
}
