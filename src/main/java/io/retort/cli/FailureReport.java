package io.retort.cli;

import io.retort.config.ConfigException;
import io.retort.spark.FailureMessage;
import io.retort.storage.EndOfProcess;
import io.retort.storage.LeaseHeldException;
import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Tells the user in a line or two what went wrong, and chooses the exit code; the stack trace is in the run's log and, at level debug, in the JVM's. */
final class FailureReport implements IExecutionExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(FailureReport.class);

    @Override
    public int handleExecutionException(Exception problem, CommandLine command, ParseResult arguments) {
        if (EndOfProcess.begun()) {
            return Retort.FAILED; // by Ctrl-C, say: whatever lost its Spark fails now, and the process ends with the
            // signal's code
        }
        LOG.debug("{} failed", command.getCommandName(), problem);
        PrintWriter err = command.getErr();
        // What a file holds must not steer the terminal.
        err.println(FailureMessage.of(problem).replaceAll("[\\p{Cntrl}&&[^\n\t]]", "?"));
        err.flush();
        if (problem instanceof LeaseHeldException) {
            return Retort.LOCKED;
        }
        return problem instanceof ConfigException ? Retort.BAD_USAGE : Retort.FAILED;
    }
}
