package io.retort.compress;

import io.retort.data.Dataset;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.Shard;
import io.retort.data.ShardStore;
import io.retort.spark.SparkShared;
import io.retort.spark.SparkTasks;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/** Reads the shards of the training data where the executors are, a task for each. */
public final class SparkCalibration implements Calibration {
    private final JavaSparkContext spark;
    private final ShardStore store;
    private final Dataset train;

    public SparkCalibration(JavaSparkContext spark, ShardStore store, Dataset train) {
        this.spark = spark;
        this.store = store;
        this.train = train;
    }

    private record Task(Shard shard, int count) implements Serializable {}

    @Override
    public <S extends Serializable, R extends Serializable> List<R> perShard(S shared, int samples, Work<S, R> work) {
        List<Shard> all = train.shards();
        List<Task> tasks = Portion.of(all.stream().map(Shard::samples).toList(), samples).stream()
                .map(portion -> new Task(all.get(portion.shard()), portion.count()))
                .toList();
        Schema schema = train.schema();
        ShardStore shards = store; // a task takes along what it names, and this object does not travel
        try (SparkShared<S> once = SparkShared.of(spark, shared)) {
            return SparkTasks.collect(
                    spark, tasks, task -> work.on(once.value(), shards.read(schema, task.shard()), task.count()));
        }
    }

    @Override
    public long available() {
        return train.samples();
    }

    @Override
    public <S extends Serializable, I extends Serializable, R extends Serializable> List<R> perInput(
            S shared, List<I> inputs, int samples, Trial<S, I, R> trial) {
        try (SparkShared<S> once = SparkShared.of(spark, shared);
                SparkShared<Samples> some = SparkShared.of(spark, joined(samples))) {
            return SparkTasks.collect(spark, inputs, input -> trial.of(once.value(), input, some.value()));
        }
    }
}
