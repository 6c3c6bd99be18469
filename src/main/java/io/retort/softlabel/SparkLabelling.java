package io.retort.softlabel;

import io.retort.data.Dataset;
import io.retort.data.View;
import io.retort.storage.Storage;
import io.retort.teacher.TeacherSource;
import java.util.List;
import java.util.function.LongConsumer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/** Shows a teacher what it has not seen yet, one Spark task per (shard, view). */
public final class SparkLabelling {
    private final JavaSparkContext spark;
    private final Storage storage;
    private final Path root;

    public SparkLabelling(JavaSparkContext spark, Storage storage, Path root) {
        this.spark = spark;
        this.storage = storage;
        this.root = root;
    }

    /**
     * Labels every (shard, view) that has no labels in the store.
     *
     * @param progress is told of each finished (shard, view), with its number of samples; called by one thread at a time
     */
    public LabellingResult label(
            Dataset dataset,
            TeacherSource teacher,
            List<View> views,
            LabellingSettings settings,
            LongConsumer progress) {
        if (storage != null) {
            throw new UnsupportedOperationException(
                    "being written: " + spark + root + dataset + teacher + views + settings + progress);
        }
        return null;
    }
}
