package io.retort.pipeline;

import io.retort.data.ShardStore;
import io.retort.predict.ModelStore;
import io.retort.spark.SparkSlots;
import org.apache.spark.api.java.JavaSparkContext;

/** What all stages of a run share. */
record SparkScope(
        JavaSparkContext spark,
        RunContext context,
        Recipe recipe,
        RunDirectory directory,
        Stopwatch stopwatch,
        SideBySide sideBySide) {
    SparkScope(JavaSparkContext spark, RunContext context, Recipe recipe, RunDirectory directory, Stopwatch stopwatch) {
        // A process has one run: all jobs are this one's.
        this(
                spark,
                context,
                recipe,
                directory,
                stopwatch,
                new SideBySide(SparkSlots.of(spark), () -> spark.sc().cancelAllJobs()));
    }

    SparkSlots slots() {
        return sideBySide.slots();
    }

    ModelStore models() {
        return new ModelStore(context.storage(), context.root(), directory.use());
    }

    ShardStore shards() {
        return new ShardStore(context.storage(), context.root());
    }
}
