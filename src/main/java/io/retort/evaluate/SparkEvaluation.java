package io.retort.evaluate;

import io.retort.data.Dataset;
import io.retort.data.RowFilter;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.ShardRows;
import io.retort.data.ShardStore;
import io.retort.data.View;
import io.retort.predict.ModelCache;
import io.retort.predict.ModelHandle;
import io.retort.predict.ModelStore;
import io.retort.softlabel.SoftLabels;
import io.retort.spark.SparkModel;
import io.retort.spark.SparkTasks;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/** Evaluates on Spark, one task per shard. Sums travel to the driver, not predictions. */
public final class SparkEvaluation {
    /**
     * Tallies that are merged on an executor at least, for that of two classes may have more than a megabyte, and that of 1,000 has eight. Of n shards the driver
     * receives at most the greater of this and √n.
     */
    private static final int FAN_IN = 64;

    private final JavaSparkContext spark;
    private final ShardStore shards;
    private final ModelStore models;
    private final EvaluationSettings settings;

    /** @param models for those that are too large to travel */
    public SparkEvaluation(JavaSparkContext spark, ShardStore shards, ModelStore models, EvaluationSettings settings) {
        this.spark = spark;
        this.shards = shards;
        this.models = models;
        this.settings = settings;
    }

    /** The figures of a model that gives logits. {@code teacher} has labelled the data set, unaugmented. */
    public Evaluation ofModel(Dataset dataset, ModelHandle model, SoftLabels teacher) {
        int batchSize = settings.batchSize();
        try (SparkModel shared = SparkModel.of(spark, models, model)) {
            return evaluate(dataset, teacher, (samples, taught) -> predict(shared, samples, batchSize));
        }
    }

    /** The figures of the teacher itself, from what it said already. */
    public Evaluation ofTeacher(Dataset dataset, SoftLabels teacher) {
        return evaluate(dataset, teacher, (samples, taught) -> taught);
    }

    /** How often two models are right on the same samples. */
    public PairedOutcomes pairs(Dataset dataset, ModelHandle first, ModelHandle second) {
        ShardStore store = shards;
        int batchSize = settings.batchSize();
        try (SparkModel one = SparkModel.of(spark, models, first);
                SparkModel other = SparkModel.of(spark, models, second)) {
            Schema schema = dataset.schema();
            RowFilter filter = dataset.filter();
            List<PairedOutcomes> counted = SparkTasks.collect(spark, dataset.shards(), shard -> {
                Samples samples = filter.of(store.read(schema, shard)).samples();
                return PairedOutcomes.of(
                        predict(one, samples, batchSize), predict(other, samples, batchSize), samples.labels());
            });
            return counted.stream().reduce(new PairedOutcomes(0, 0, 0, 0), PairedOutcomes::plus);
        }
    }

    /** How often the teacher is right on those samples that have a label, in the view that it saw them in. */
    public double teacherAccuracy(Dataset dataset, SoftLabels teacher, View view) {
        ShardStore store = shards;
        Schema schema = dataset.schema();
        RowFilter filter = dataset.filter();
        List<PairedOutcomes> counted = SparkTasks.collect(spark, dataset.shards(), shard -> {
            ShardRows rows = filter.of(store.read(schema, shard));
            float[] taught = rows.of(teacher.read(view, shard, rows.whole()), schema.classes());
            return PairedOutcomes.of(taught, taught, rows.samples().labels());
        });
        long right = counted.stream().mapToLong(PairedOutcomes::bothRight).sum();
        return (double) right / dataset.labelled();
    }

    private Evaluation evaluate(Dataset dataset, SoftLabels teacher, Predictor predictor) {
        ShardStore store = shards;
        Schema schema = dataset.schema();
        RowFilter filter = dataset.filter();
        Measuring measuring = new Measuring(Task.of(schema.target()), settings);
        List<Tally> tallies = SparkTasks.collectMerged(
                spark,
                dataset.shards(),
                Math.max(FAN_IN, (int) Math.ceil(Math.sqrt(dataset.shards().size()))),
                shard -> {
                    ShardRows rows = filter.of(store.read(schema, shard));
                    float[] taught = rows.of(teacher.read(View.plain(), shard, rows.whole()), schema.classes());
                    Tally tally = measuring.tally();
                    tally.add(predictor.logits(rows.samples(), taught), taught, rows.samples());
                    return tally;
                },
                measuring::sum);
        return measuring.sum(tallies).evaluation();
    }

    /** What is measured. */
    private record Measuring(Task task, EvaluationSettings settings) implements Serializable {
        Tally tally() {
            return task.tally(settings);
        }

        /** The tally of all samples of several. */
        Tally sum(List<Tally> parts) {
            Tally sum = tally();
            parts.forEach(sum::add);
            return sum;
        }
    }

    private static float[] predict(SparkModel model, Samples samples, int batchSize) {
        int classes = samples.schema().classes();
        float[] logits = new float[samples.count() * classes];
        try (ModelCache.Lease lease = model.lease(1)) {
            samples.forEachBatch(View.plain(), batchSize, (rows, from, count) -> {
                float[] some = lease.model().predict(rows, count);
                System.arraycopy(some, 0, logits, from * classes, count * classes);
            });
        }
        return logits;
    }

    /** Gives the logits of a shard's samples; {@code taught} are the teacher's. */
    @FunctionalInterface
    private interface Predictor extends Serializable {
        float[] logits(Samples samples, float[] taught);
    }
}
