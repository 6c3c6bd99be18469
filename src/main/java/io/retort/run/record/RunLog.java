package io.retort.run.record;

import io.retort.config.Secrets;
import io.retort.spark.FailureMessage;
import io.retort.storage.Storage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.layout.PatternLayout;

/**
 * The log of a run: {@code <run>/log}, lines of text that begin with their time in UTC.
 *
 * <p>Not every file system can append, so the file is written anew for each line of the run itself; lines that are only
 * noted (warnings of Spark, of which there may be many) waits for that. The text is bounded, and secrets in it are
 * redacted.
 */
public final class RunLog {
    private static final int MAX_CHARACTERS = 4 << 20;

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

    /** Adds a line of the run and writes the file. */
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
        if (text.length() < MAX_CHARACTERS) {
            text.append(clock.instant().truncatedTo(ChronoUnit.SECONDS))
                    .append(' ')
                    .append(Secrets.redacted(message.stripTrailing()))
                    .append('\n');
        }
    }

    /** Others may note lines meanwhile; writers wait, so that the file never goes back to an older text. */
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

    /**
     * Gives to a consumer the log of this JVM, until it is closed: Retort's own steps, and Spark's warnings, such as
     * those of lost executors and of failed tasks, whose stack traces a terminal is spared.
     *
     * <p>Levels are those of the configuration in force; a logger that is cut off from the console there
     * ({@code additivity = false}) is included.
     */
    public static final class LoggedEvents implements AutoCloseable {
        private static final AtomicLong NUMBER = new AtomicLong();

        private final LoggerContext context;
        private final Appender appender;
        private final List<LoggerConfig> attached = new ArrayList<>();

        private LoggedEvents(LoggerContext context, Appender appender) {
            this.context = context;
            this.appender = appender;
        }

        public static LoggedEvents to(Consumer<String> lines) {
            LoggerContext context = (LoggerContext) LogManager.getContext(false);
            Appender appender = new Appender(lines);
            appender.start();
            LoggedEvents events = new LoggedEvents(context, appender);
            Configuration configuration = context.getConfiguration();
            for (LoggerConfig logger : configuration.getLoggers().values()) {
                if (logger.getParent() == null || !logger.isAdditive()) {
                    logger.addAppender(appender, null, null);
                    events.attached.add(logger);
                }
            }
            context.updateLoggers();
            return events;
        }

        @Override
        public void close() {
            attached.forEach(logger -> logger.removeAppender(appender.getName()));
            context.updateLoggers();
            appender.stop();
        }

        private static final class Appender extends AbstractAppender {
            private final Consumer<String> lines;

            Appender(Consumer<String> lines) {
                super(
                        "run-log-" + NUMBER.incrementAndGet(),
                        null,
                        PatternLayout.newBuilder()
                                .withPattern("%p %c{1}: %m%n%ex")
                                .build(),
                        true,
                        Property.EMPTY_ARRAY);
                this.lines = lines;
            }

            @Override
            public void append(LogEvent event) {
                lines.accept((String) getLayout().toSerializable(event));
            }
        }
    }

    /** A run that ended before its report. The message is that of the cause, and where the run's log is. */
    public static final class RunFailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public RunFailedException(Throwable cause, Path log) {
            super(FailureMessage.of(cause) + "\nThe stack trace is in " + Secrets.redacted(log.toString()), cause);
        }
    }
}
