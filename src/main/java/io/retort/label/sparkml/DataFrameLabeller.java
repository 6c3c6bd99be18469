package io.retort.label.sparkml;

import io.retort.data.Schema;
import io.retort.data.ShownRows;
import io.retort.data.View;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import io.retort.data.shard.ShardStore;
import io.retort.label.LabelStore;
import io.retort.label.LabelStore.LabelSet;
import io.retort.label.Labeller;
import io.retort.label.Labeller.LabelRequest;
import io.retort.label.Labeller.LabellingResult;
import io.retort.label.Labeller.LabellingSettings;
import io.retort.network.Shape;
import io.retort.predict.ModelStore;
import io.retort.predict.OutputKind;
import io.retort.spark.ParallelTasks;
import io.retort.storage.ArtifactException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;

/**
 * Labels by a pipeline of Spark ML, which transforms shards as a DataFrame: a shard is a partition, and the task that
 * has transformed it writes its labels.
 */
public final class DataFrameLabeller implements Labeller {
    /** Jobs are cut so that progress is seen; fewer shards than this for each task slot would leave slots idle. */
    private static final int SHARDS_PER_SLOT = 4;

    /** Two steps of half precision, relative to the largest logit. */
    private static final double ROUNDING = 1.0 / (1 << 9);

    private final JavaSparkContext spark;
    private final ModelStore models;
    private final LabellingSettings settings;
    private final PipelineTeacher teacher;

    /** @param models of the root where the shards are and the labels go */
    public DataFrameLabeller(
            JavaSparkContext spark, ModelStore models, LabellingSettings settings, PipelineTeacher teacher) {
        this.spark = spark;
        this.models = models;
        this.settings = settings;
        this.teacher = teacher;
    }

    @Override
    public String fingerprint() {
        return teacher.fingerprint();
    }

    @Override
    public Map<String, Shape> taps() {
        return Map.of();
    }

    @Override
    public LabellingResult label(Dataset dataset, List<LabelRequest> requests, LongConsumer progress) {
        long start = System.nanoTime();
        List<Shard> missing = new ArrayList<>();
        for (LabelRequest request : requests) {
            if (!request.view().fingerprint().equals(View.plain().fingerprint())) {
                throw new IllegalArgumentException("a pipeline of Spark ML labels rows as they are, and no other view");
            }
            Set<String> labelled = labels().labelled(set(dataset));
            dataset.shards().stream()
                    .filter(shard -> !labelled.contains(shard.key()))
                    .forEach(missing::add);
        }
        if (!missing.isEmpty()) {
            PipelineAnswers pipeline = PipelineAnswers.load(teacher);
            int most = SHARDS_PER_SLOT * spark.defaultParallelism();
            for (int from = 0; from < missing.size(); from += most) {
                List<Shard> some = missing.subList(from, Math.min(from + most, missing.size()));
                LabelStore labels = labels();
                LabelSet set = set(dataset);
                answers(pipeline, dataset, some, (shard, ids, logits) -> labels.write(set, shard, ids, logits));
                some.forEach(shard -> progress.accept(shard.samples()));
            }
        }
        return LabellingResult.since(
                start,
                dataset,
                requests,
                missing.size(),
                missing.stream().mapToLong(Shard::samples).sum());
    }

    /** Of the first shard: a pipeline has nothing that changes, but it may draw random numbers. */
    @Override
    public void requireUnchanged(Dataset dataset) {
        LabelStore labels = labels();
        LabelSet set = set(dataset);
        answers(PipelineAnswers.load(teacher), dataset, dataset.shards().subList(0, 1), (shard, ids, logits) -> {
            float[] again = set.codec().decode(set.codec().encode(logits, set.classes()), set.classes());
            float[] before = labels.read(set, shard, ids);
            double largest = 0;
            double difference = 0;
            for (int i = 0; i < again.length; i++) {
                largest = Math.max(largest, Math.abs(before[i]));
                difference = Math.max(difference, Math.abs(again[i] - before[i]));
            }
            if (difference > ROUNDING * largest) {
                throw new ArtifactException("teacher " + set.teacher()
                        + " answers otherwise than when it labelled; a pipeline must not draw random numbers");
            }
        });
    }

    /** What is done with the logits of a shard, on an executor. */
    private interface Answered extends Serializable {
        void take(Shard shard, long[] ids, float[] logits);
    }

    private void answers(PipelineAnswers pipeline, Dataset dataset, List<Shard> shards, Answered answered) {
        Schema schema = dataset.schema();
        ShardStore store = new ShardStore(models.storage(), models.root());
        ArrayList<Shard> own = new ArrayList<>(shards.stream().map(Shard::plain).toList());
        JavaRDD<Row> rows = ParallelTasks.inputs(spark, own)
                .flatMap(shard -> PipelineAnswers.rows(
                                schema, new ShownRows(schema, store.rows(schema, shard), View.plain()))
                        .iterator());
        Task task = new Task(
                store,
                schema,
                own,
                pipeline.output().kind(),
                new ArrayList<>(pipeline.order()),
                pipeline.floor(),
                answered);
        try {
            pipeline.transformed(pipeline.session().createDataFrame(rows, PipelineAnswers.columns(schema)))
                    .toJavaRDD()
                    .mapPartitionsWithIndex(task::run, true)
                    .count();
        } catch (Exception e) {
            throw ParallelTasks.causeOf(e);
        }
    }

    /** Runs on executors. */
    private record Task(
            ShardStore store,
            Schema schema,
            ArrayList<Shard> shards,
            OutputKind kind,
            ArrayList<Integer> order,
            double floor,
            Answered answered)
            implements Serializable {
        Iterator<Integer> run(int partition, Iterator<Row> transformed) {
            Shard shard = shards.get(partition);
            List<Row> answers = new ArrayList<>();
            transformed.forEachRemaining(answers::add);
            long[] ids = store.rows(schema, shard).ids();
            float[] logits = PipelineAnswers.values(answers, ids, schema.classes(), order);
            kind.toLogits(logits, floor);
            for (int i = 0; i < logits.length; i++) {
                if (!Float.isFinite(logits[i])) {
                    throw new ArtifactException("the teacher gives " + logits[i] + " for class " + i % schema.classes()
                            + " of row " + ids[i / schema.classes()] + "; labels must be finite");
                }
            }
            answered.take(shard, ids, logits);
            return List.of(ids.length).iterator();
        }
    }

    private LabelStore labels() {
        return new LabelStore(models.storage(), models.root());
    }

    private LabelSet set(Dataset dataset) {
        return LabelRequest.plain()
                .sets(fingerprint(), settings.codec().codec(), dataset.schema().classes())
                .get(0);
    }
}
