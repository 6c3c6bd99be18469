package io.retort.cli;

import io.retort.config.ConfigException;
import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Tells the user in a line or two what went wrong, and chooses the exit code; the stack trace goes to the log at level debug. */
final class FailureReport implements IExecutionExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(FailureReport.class);

    @Override
    public int handleExecutionException(Exception problem, CommandLine command, ParseResult arguments) {
        LOG.debug("{} failed", command.getCommandName(), problem);
        PrintWriter err = command.getErr();
        err.println(message(problem));
        err.flush();
        return problem instanceof ConfigException ? Retort.BAD_USAGE : Retort.FAILED;
    }

    /** The first message on the way down the causes, or the innermost class where none has one. */
    private static String message(Throwable problem) {
        Throwable at = problem;
        while ((at.getMessage() == null || at.getMessage().isBlank()) && at.getCause() != null) {
            at = at.getCause();
        }
        return at.getMessage() == null ? at.toString() : at.getMessage();
    }
}
