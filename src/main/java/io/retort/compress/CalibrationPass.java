package io.retort.compress;

import io.retort.data.Samples;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.RowSampler;
import io.retort.data.shard.ShardStore;
import io.retort.evaluate.Task;
import io.retort.spark.ParallelTasks;
import io.retort.spark.SharedValue;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;

/** Samples of the training data, worked on where the executors are. */
public final class CalibrationPass implements Calibration {
    private final JavaSparkContext spark;
    private final RowSampler rows;
    private final long available;
    private final Supplier<Calibration> labelled;
    private final Supplier<Calibration> choosing;

    /** Compares alternatives on training samples, too. */
    public CalibrationPass(JavaSparkContext spark, ShardStore store, Dataset train) {
        this(spark, store, train, train);
    }

    /** @param choosing the samples on which alternatives are compared */
    public CalibrationPass(JavaSparkContext spark, ShardStore store, Dataset train, Dataset choosing) {
        this.spark = spark;
        this.rows = new RowSampler(spark, store, train);
        this.available = train.samples();
        boolean needsLabels = Task.of(train.schema().target()).needsLabels();
        Dataset withLabels = needsLabels ? train.labelledRows() : train;
        this.labelled =
                withLabels.equals(train) ? () -> this : once(() -> new CalibrationPass(spark, store, withLabels));
        this.choosing =
                choosing.equals(train) ? () -> this : once(() -> new CalibrationPass(spark, store, choosing, choosing));
    }

    /** One sample for all uses: Spark keeps the shuffled rows as long as the sample is referenced. */
    private static Supplier<Calibration> once(Supplier<Calibration> make) {
        List<Calibration> made = new ArrayList<>();
        return () -> {
            synchronized (made) {
                if (made.isEmpty()) {
                    made.add(make.get());
                }
                return made.get(0);
            }
        };
    }

    @Override
    public Calibration labelled() {
        return labelled.get();
    }

    @Override
    public Calibration choosing() {
        return choosing.get();
    }

    @Override
    public <S extends Serializable, R extends Serializable> List<R> perPortion(S shared, int samples, Work<S, R> work) {
        try (SharedValue<S> once = SharedValue.of(spark, shared)) {
            return rows.perPortion(samples, BATCH, (portion, place) -> work.on(once.value(), portion));
        }
    }

    @Override
    public long available() {
        return available;
    }

    @Override
    public <S extends Serializable, I extends Serializable, R extends Serializable> List<R> perInput(
            S shared, List<I> inputs, int samples, Trial<S, I, R> trial) {
        try (SharedValue<S> once = SharedValue.of(spark, shared);
                SharedValue<Samples> some = SharedValue.of(spark, joined(samples))) {
            return ParallelTasks.collect(spark, inputs, input -> trial.of(once.value(), input, some.value()));
        }
    }
}
