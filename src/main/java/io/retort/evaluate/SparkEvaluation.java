package io.retort.evaluate;

import io.retort.data.Dataset;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.Shard;
import io.retort.data.ShardStore;
import io.retort.data.View;
import io.retort.softlabel.SoftLabels;
import io.retort.spark.SparkShared;
import io.retort.spark.SparkTasks;
import io.retort.teacher.OpenTeachers;
import io.retort.teacher.TeacherSource;
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
    private final EvaluationSettings settings;

    public SparkEvaluation(JavaSparkContext spark, ShardStore shards, EvaluationSettings settings) {
        this.spark = spark;
        this.shards = shards;
        this.settings = settings;
    }

    /** The figures of an exported network. {@code teacher} has labelled the data set, unaugmented. */
    public Evaluation ofNetwork(Dataset dataset, TeacherSource network, SoftLabels teacher) {
        int batchSize = settings.batchSize();
        try (SparkShared<TeacherSource> model = SparkShared.of(spark, network)) {
            return evaluate(dataset, teacher, (samples, taught) -> predict(model.value(), samples, batchSize));
        }
    }

    /** The figures of the teacher itself, from what it said already. */
    public Evaluation ofTeacher(Dataset dataset, SoftLabels teacher) {
        return evaluate(dataset, teacher, (samples, taught) -> taught);
    }

    /** How often two exported networks are right on the same samples. */
    public PairedOutcomes pairs(Dataset dataset, TeacherSource first, TeacherSource second) {
        ShardStore store = shards;
        int batchSize = settings.batchSize();
        try (SparkShared<TeacherSource> one = SparkShared.of(spark, first);
                SparkShared<TeacherSource> other = SparkShared.of(spark, second)) {
            Schema schema = dataset.schema();
            List<PairedOutcomes> counted = SparkTasks.collect(spark, dataset.shards(), shard -> {
                Samples samples = store.read(schema, shard);
                return PairedOutcomes.of(
                        predict(one.value(), samples, batchSize),
                        predict(other.value(), samples, batchSize),
                        samples.labels());
            });
            return counted.stream().reduce(new PairedOutcomes(0, 0, 0, 0), PairedOutcomes::plus);
        }
    }

    /** How often the teacher is right on samples that it has labelled, in the view that it saw them in. */
    public double teacherAccuracy(Dataset dataset, SoftLabels teacher, View view) {
        ShardStore store = shards;
        Schema schema = dataset.schema();
        List<PairedOutcomes> counted = SparkTasks.collect(spark, dataset.shards(), shard -> {
            Samples samples = store.read(schema, shard);
            float[] taught = teacher.read(view, shard, samples);
            return PairedOutcomes.of(taught, taught, samples.labels());
        });
        long right = counted.stream().mapToLong(PairedOutcomes::bothRight).sum();
        return (double) right / dataset.samples();
    }

    private Evaluation evaluate(Dataset dataset, SoftLabels teacher, Predictor predictor) {
        ShardStore store = shards;
        EvaluationSettings bins = settings;
        Schema schema = dataset.schema();
        List<Tally> tallies = SparkTasks.collectMerged(
                spark,
                dataset.shards(),
                Math.max(FAN_IN, (int) Math.ceil(Math.sqrt(dataset.shards().size()))),
                shard -> tally(store.read(schema, shard), shard, teacher, predictor, bins),
                Tally::sum);
        return Tally.sum(tallies).evaluation();
    }

    private static Tally tally(
            Samples samples, Shard shard, SoftLabels teacher, Predictor predictor, EvaluationSettings settings) {
        float[] taught = teacher.read(View.plain(), shard, samples);
        Tally tally = new Tally(settings, samples.schema().classes());
        tally.add(predictor.logits(samples, taught), taught, samples.labels());
        return tally;
    }

    private static float[] predict(TeacherSource network, Samples samples, int batchSize) {
        int elements = samples.schema().shape().elements();
        int classes = samples.schema().classes();
        float[] logits = new float[samples.count() * classes];
        float[] features = new float[batchSize * elements];
        try (OpenTeachers.Lease lease = OpenTeachers.inThisJvm().lease(network, 1)) {
            for (int from = 0; from < samples.count(); from += batchSize) {
                int batch = Math.min(batchSize, samples.count() - from);
                for (int i = 0; i < batch; i++) {
                    samples.copyFeatures(from + i, features, i * elements);
                }
                float[] some = lease.teacher().logits(features, batch);
                System.arraycopy(some, 0, logits, from * classes, batch * classes);
            }
        }
        return logits;
    }

    /** Gives the logits of a shard's samples; {@code taught} are the teacher's. */
    @FunctionalInterface
    private interface Predictor extends Serializable {
        float[] logits(Samples samples, float[] taught);
    }
}
