package io.retort.spark;

import io.retort.config.Secrets;
import java.util.stream.Collectors;
import org.apache.spark.SparkException;

/** A failure in one sentence for people. */
public final class FailureMessage {
    private static final String AGAIN = "Start it again, it goes on where it was";

    private FailureMessage() {}

    /**
     * The first message on the way down the causes that is not Spark's account of a job or a task, or the class of the
     * innermost; secrets are redacted.
     */
    public static String of(Throwable problem) {
        return Secrets.redacted(unredacted(problem));
    }

    private static String unredacted(Throwable problem) {
        Throwable at = problem;
        while (at.getCause() != null && (saysNothing(at) || at instanceof SparkException)) {
            at = at.getCause();
        }
        return saysNothing(at) || at instanceof Error ? at.toString() : lostCluster(withoutStack(at.getMessage()));
    }

    private static boolean saysNothing(Throwable problem) {
        return problem.getMessage() == null || problem.getMessage().isBlank();
    }

    /** Spark puts the stack trace of a task into the message. */
    private static String withoutStack(String message) {
        return message.lines()
                .filter(line -> !line.startsWith("\tat ")
                        && !line.matches("\t\\.\\.\\. \\d+ more")
                        && !line.equals("Driver stacktrace:"))
                .collect(Collectors.joining("\n"))
                .stripTrailing();
    }

    /** Spark's words for the end of an application name a job's number or where the context was made, not the cause. */
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
