package io.retort.run;

import io.retort.data.shard.ShardStore;
import io.retort.predict.ModelStore;
import io.retort.recipe.Recipe;
import io.retort.run.progress.Stopwatch;
import io.retort.run.record.RunContext;
import io.retort.run.record.RunDirectory;
import io.retort.spark.TaskSlots;
import org.apache.spark.api.java.JavaSparkContext;

/** What all stages of a run share. */
record RunScope(
        JavaSparkContext spark,
        RunContext context,
        Recipe recipe,
        RunDirectory directory,
        Stopwatch stopwatch,
        SideBySide sideBySide) {
    RunScope(JavaSparkContext spark, RunContext context, Recipe recipe, RunDirectory directory, Stopwatch stopwatch) {
        // A process has one run: all jobs are this one's.
        this(
                spark,
                context,
                recipe,
                directory,
                stopwatch,
                new SideBySide(TaskSlots.of(spark), () -> spark.sc().cancelAllJobs()));
    }

    TaskSlots slots() {
        return sideBySide.slots();
    }

    ModelStore models() {
        return new ModelStore(context.storage(), context.root(), directory.use());
    }

    ShardStore shards() {
        return new ShardStore(context.storage(), context.root());
    }
}
