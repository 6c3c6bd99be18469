package io.retort.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

/** The messages are those of Spark 3.5. */
class FailureMessageTest {
    private static final String ENDED =
            "Spark ended the application while it ran: its master or its executors were away too long, or somebody ended it."
                    + " The run's log has Spark's reason. Start it again, it goes on where it was";

    @Test
    void saysThatTheApplicationWasEnded() {
        assertThat(FailureMessage.of(new SparkException("Job 3 cancelled because SparkContext was shut down")))
                .isEqualTo(ENDED);
        assertThat(FailureMessage.of(new IllegalStateException("SparkContext has been shutdown")))
                .isEqualTo(ENDED);
        assertThat(FailureMessage.of(new IllegalStateException("""
                        Cannot call methods on a stopped SparkContext.
                        This stopped SparkContext was created at:

                        org.apache.spark.SparkContext.getOrCreate(SparkContext.scala:2888)"""))).isEqualTo(ENDED);
    }

    @Test
    void saysWhoEndedItWhereSparkKnows() {
        assertThat(FailureMessage.of(
                        new SparkException("Job aborted due to stage failure: Master removed our application: FAILED")))
                .startsWith("the master ended the application, since its executors failed again and again: ");
        assertThat(FailureMessage.of(new SparkException(
                        "Job aborted due to stage failure: All masters are unresponsive! Giving up.")))
                .startsWith("the application was ended, since no master answered any more. ");
    }

    @Test
    void leavesOtherMessagesAlone() {
        assertThat(FailureMessage.of(new IllegalStateException("the disk is away")))
                .isEqualTo("the disk is away");
        assertThat(FailureMessage.of(new IllegalStateException(new SparkException("inner"))))
                .contains("inner");
    }

    @Test
    void saysWhatATaskSaidAndNotWhereItWas() {
        String message =
                "Job aborted due to stage failure: Task 0 in stage 2.0 failed 1 times: java.io.IOException: no room\n"
                        + "\tat Disk.write(Disk.java:1)\n\t... 17 more\n\nDriver stacktrace:";
        assertThat(FailureMessage.of(new SparkException(message)))
                .isEqualTo(
                        "Job aborted due to stage failure: Task 0 in stage 2.0 failed 1 times: java.io.IOException: no room");
        SparkException task =
                new SparkException("Task failed while writing rows", new IllegalArgumentException("a row has null"));
        assertThat(FailureMessage.of(new SparkException(message, task))).isEqualTo("a row has null");
    }
}
