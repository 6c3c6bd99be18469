package io.retort.pipeline;

import io.retort.config.Secrets;
import org.apache.hadoop.fs.Path;

/** A run that ended before its report. The message is that of the cause, and where the run's log is. */
public final class RunFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

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
        return at.getMessage() == null || at instanceof Error ? at.toString() : at.getMessage();
    }
}
