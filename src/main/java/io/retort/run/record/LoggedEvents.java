package io.retort.run.record;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.layout.PatternLayout;

/**
 * Gives to a consumer what is logged in this JVM, until it is closed: Retort's own steps, and Spark's warnings, such as those of lost executors
 * and of failed tasks, whose stack traces a terminal is spared.
 *
 * <p>Levels are those of the configuration in force; a logger that is cut off from the console there ({@code additivity = false}) is heard too.
 */
public final class LoggedEvents implements AutoCloseable {
    private static final AtomicLong NUMBER = new AtomicLong();

    private final LoggerContext context;
    private final Appender appender;
    private final List<LoggerConfig> heard = new ArrayList<>();

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
                events.heard.add(logger);
            }
        }
        context.updateLoggers();
        return events;
    }

    @Override
    public void close() {
        heard.forEach(logger -> logger.removeAppender(appender.getName()));
        context.updateLoggers();
        appender.stop();
    }

    private static final class Appender extends AbstractAppender {
        private final Consumer<String> lines;

        Appender(Consumer<String> lines) {
            super(
                    "run-log-" + NUMBER.incrementAndGet(),
                    null,
                    PatternLayout.newBuilder().withPattern("%p %c{1}: %m%n%ex").build(),
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
