package io.retort.pipeline;

import io.retort.config.Secrets;
import org.apache.hadoop.fs.Path;

/** A run that ended before its report. The message is that of the cause, and where the run's log is. */
public final class RunFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String AGAIN = "Start it again, it goes on where it was";

    RunFailedException(Throwable cause, Path log) {
        super(messageOf(cause) + "\nThe stack trace is in " + Secrets.redacted(log.toString()), cause);
    }

    /** The first message on the way down the causes, or the class of the innermost where none has one; secrets are redacted. */
    public static String messageOf(Throwable problem) {
        return Secrets.redacted(rawMessageOf(problem));
    }

    private static String rawMessageOf(Throwable problem) {
        Throwable at = problem;
        while ((at.getMessage() == null || at.getMessage().isBlank()) && at.getCause() != null) {
            at = at.getCause();
        }
        return at.getMessage() == null || at instanceof Error ? at.toString() : lostCluster(at.getMessage());
    }

    /** Spark's words for the end of an application name a job's number, or the place where the context was made; the cause is elsewhere. */
    private static String lostCluster(String message) {
        if (message.contains("Master removed our application")) {
            return "the master ended the application, since its executors failed again and again: not enough memory or disk, or"
                    + " machines that were lost. The workers' logs have the reason. " + AGAIN;
        }
        if (message.contains("All masters are unresponsive")) {
            return "the application was ended, since no master answered any more. " + AGAIN;
        }
        if (message.contains("because SparkContext was shut down")
                || message.contains("SparkContext has been shutdown")
                || message.contains("stopped SparkContext")) {
            return "Spark ended the application while it ran: its master or its executors were away too long, or somebody ended it."
                    + " The run's log has Spark's reason. " + AGAIN;
        }
        return message;
    }
}
