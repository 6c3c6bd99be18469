package io.retort.run;

import io.retort.data.shard.ShardStore;
import io.retort.predict.ModelStore;
import io.retort.recipe.Recipe;
import io.retort.run.progress.Stopwatch;
import io.retort.run.record.RunContext;
import io.retort.run.record.RunDirectory;
import io.retort.spark.PeakMemory;
import io.retort.spark.TaskSlots;
import org.apache.spark.api.java.JavaSparkContext;

/** What all stages of a run share. */
record RunScope(
        JavaSparkContext spark,
        RunContext context,
        Recipe recipe,
        RunDirectory directory,
        Stopwatch stopwatch,
        PeakMemory memory,
        SideBySide sideBySide) {
    RunScope(
            JavaSparkContext spark,
            RunContext context,
            Recipe recipe,
            RunDirectory directory,
            Stopwatch stopwatch,
            PeakMemory memory) {
        // A session may have other work beside this run's.
        this(
                spark,
                context,
                recipe,
                directory,
                stopwatch,
                memory,
                new SideBySide(TaskSlots.of(spark), () -> spark.sc().cancelJobsWithTag(tag(recipe, directory))));
    }

    /** That of all jobs of a run; threads that it starts inherit it. */
    static String tag(Recipe recipe, RunDirectory directory) {
        return "retort " + recipe.name() + " " + directory.run();
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
