package io.retort.run.record;

import io.retort.config.Secrets;
import io.retort.storage.Storage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * The log of a run: {@code <run>/log}, lines of text that begin with their time in UTC.
 *
 * <p>Not every file system can append, so the file is written anew whenever the run itself says something; what is only noted (warnings of Spark, of
 * which there may be many) waits for that. The text is bounded, and secrets in it are redacted.
 */
public final class RunLog {
    private static final int MOST_CHARACTERS = 4 << 20;

    private final Storage storage;
    private final Clock clock;
    private final Object file = new Object();
    private final StringBuilder text = new StringBuilder();
    private Optional<Path> path = Optional.empty();

    public RunLog(Storage storage, Clock clock) {
        this.storage = storage;
        this.clock = clock;
    }

    /** Keeps the log in this file from now on. */
    public void keepIn(Path where) {
        synchronized (this) {
            path = Optional.of(where);
        }
        write();
    }

    /** Adds what the run says and writes the file. */
    public void say(String message) {
        note(message);
        write();
    }

    /** Adds a stack trace and writes the file. */
    public void failed(Throwable problem) {
        StringWriter trace = new StringWriter();
        problem.printStackTrace(new PrintWriter(trace));
        say("failed: " + trace);
    }

    /** Adds something that need not be on disk at once. */
    public synchronized void note(String message) {
        if (text.length() < MOST_CHARACTERS) {
            text.append(clock.instant().truncatedTo(ChronoUnit.SECONDS))
                    .append(' ')
                    .append(Secrets.redacted(message.stripTrailing()))
                    .append('\n');
        }
    }

    /** Others may note something meanwhile, storage itself among them; who says something waits, so that the file never goes back to an older text. */
    private void write() {
        synchronized (file) {
            Optional<Path> known;
            byte[] bytes;
            synchronized (this) {
                known = path;
                bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            }
            try {
                known.ifPresent(to -> storage.write(to, bytes));
            } catch (UncheckedIOException e) {
                // A full disk fails the run where it writes results, with a message; its log must not hide that one.
                note(e.getMessage());
            }
        }
    }
}
