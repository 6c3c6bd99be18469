package io.retort.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.report.Report;
import io.retort.run.progress.Progress;
import io.retort.run.progress.ProgressLines;
import io.retort.spark.Finding;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** What commands show of what they do. */
final class Terminal {
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    private Terminal() {}

    /** Bars on a terminal, lines where output goes to a file or a scheduler. */
    @SuppressWarnings("SystemConsoleNull") // Java 17, which the build demands, gives null where there is no terminal
    static Progress progress(PrintWriter err) {
        if (System.console() != null) {
            return new ProgressBars(System.err);
        }
        return new ProgressLines(
                line -> {
                    err.println(line);
                    err.flush();
                },
                Clock.systemUTC(),
                BETWEEN_LINES);
    }

    /** Prints the warnings of a run, one line each. */
    static void warn(Report report, PrintWriter out) {
        report.warnings().forEach(sentence -> out.println("warning: " + sentence));
    }

    /** Prints what is not as it should be; whether some of it would make the run go wrong. */
    static boolean refuses(List<Finding> findings, PrintWriter err) {
        boolean wrong = false;
        for (Finding finding : findings) {
            if (finding.level() != Finding.Level.OK) {
                err.println(finding.level() + " " + finding.check() + ": " + finding.found() + "; " + finding.advice());
                wrong |= finding.level() == Finding.Level.WRONG;
            }
        }
        err.flush();
        return wrong;
    }

    /** What {@code --json} prints of plain records. */
    static String json(Object content) {
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(content);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("plain records can always be written", e);
        }
    }
}
