package io.retort.cli;

import io.retort.recipe.Recipe;
import io.retort.run.record.RunContext;
import io.retort.spark.Doctor;
import io.retort.spark.SessionSetup;
import io.retort.storage.EndOfProcess;
import io.retort.storage.Storage;
import java.io.PrintWriter;
import java.time.Clock;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Executes a recipe in a Spark session of its own, where the doctor finds nothing wrong. */
final class RecipeSession {
    private RecipeSession() {}

    /** The work in the session; returns the exit code. */
    interface Work {
        int in(JavaSparkContext spark, RunContext context);
    }

    /**
     * Returns the exit code of the work, or {@link Retort#FAILED} where the doctor refuses.
     *
     * @param application its name in Spark
     * @param err receives findings and progress
     */
    @SuppressWarnings("try") // the work at the end of the process is only to be taken back
    static int execute(String application, Recipe recipe, Path root, PrintWriter err, Work work) {
        try (EndOfProcess end = Terminal.quietWhenInterrupted();
                SparkSession session = SessionSetup.start(application, recipe.spark())) {
            if (Terminal.refuses(Doctor.examine(session, root), err)) {
                return Retort.FAILED;
            }
            JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
            Storage storage = Storage.of(session.sparkContext().hadoopConfiguration());
            return work.in(spark, new RunContext(storage, root, Clock.systemUTC(), Terminal.progress(err)));
        }
    }
}
