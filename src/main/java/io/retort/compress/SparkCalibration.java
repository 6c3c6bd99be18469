package io.retort.compress;

import io.retort.data.Dataset;
import io.retort.data.Schema;
import io.retort.data.Shard;
import io.retort.data.ShardStore;
import io.retort.spark.SparkTasks;
import java.io.Serializable;
import java.util.ArrayList;
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

    private record Portion(Shard shard, int count) implements Serializable {}

    @Override
    public <R extends Serializable> List<R> perShard(int samples, Work<R> work) {
        List<Portion> portions = new ArrayList<>();
        int left = samples;
        for (Shard shard : train.shards()) {
            if (left <= 0) {
                break;
            }
            int count = Math.min(left, shard.samples());
            portions.add(new Portion(shard, count));
            left -= count;
        }
        Schema schema = train.schema();
        ShardStore shards = store; // a task takes along what it names, and this object does not travel
        return SparkTasks.collect(
                spark, portions, portion -> work.on(shards.read(schema, portion.shard()), portion.count()));
    }
}
