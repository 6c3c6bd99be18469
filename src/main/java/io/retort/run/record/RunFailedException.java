package io.retort.run.record;

import io.retort.config.Secrets;
import io.retort.spark.FailureMessage;
import org.apache.hadoop.fs.Path;

/** A run that ended before its report. The message is that of the cause, and where the run's log is. */
public final class RunFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RunFailedException(Throwable cause, Path log) {
        super(FailureMessage.of(cause) + "\nThe stack trace is in " + Secrets.redacted(log.toString()), cause);
    }
}
