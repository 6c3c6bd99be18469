package io.retort.softlabel;

import io.retort.data.Dataset;
import io.retort.data.RowSample;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.Shard;
import io.retort.data.ShardStore;
import io.retort.data.SparkRowSample;
import io.retort.data.View;
import io.retort.spark.SparkShared;
import io.retort.spark.SparkTasks;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import io.retort.teacher.OpenTeachers;
import io.retort.teacher.Teacher;
import io.retort.teacher.TeacherSource;
import java.io.Serializable;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows a teacher what it has not seen yet, one Spark task per (shard, view).
 *
 * <p>A task reads one shard, asks the JVM's one instance of the teacher batch by batch, and writes one label file. A task that runs twice writes
 * the same bytes to the same name.
 */
public final class SparkLabelling {
    private static final Logger LOG = LoggerFactory.getLogger(SparkLabelling.class);

    private final JavaSparkContext spark;
    private final Storage storage;
    private final Path root;

    public SparkLabelling(JavaSparkContext spark, Storage storage, Path root) {
        this.spark = spark;
        this.storage = storage;
        this.root = root;
    }

    /** The labels that {@link #label} makes, one set per view. */
    public static List<LabelSet> sets(Dataset dataset, TeacherSource teacher, List<View> views, CodecSettings codec) {
        return views.stream()
                .map(view -> new LabelSet(
                        teacher.fingerprint(),
                        view.fingerprint(),
                        codec.codec(),
                        dataset.schema().classes()))
                .toList();
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
        long start = System.nanoTime();
        // A codec that does not suit the number of classes refuses now, not after an hour.
        settings.codec()
                .codec()
                .encode(new float[dataset.schema().classes()], dataset.schema().classes());
        List<LabelSet> sets = sets(dataset, teacher, views, settings.codec());
        LabelStore store = new LabelStore(storage, root);
        List<Pair> missing = new ArrayList<>();
        for (int i = 0; i < views.size(); i++) {
            Set<String> labelled = store.labelled(sets.get(i));
            for (Shard shard : dataset.shards()) {
                if (!labelled.contains(shard.key())) {
                    missing.add(pair(shard, i));
                }
            }
        }
        List<Long> counts;
        // Shared, because a teacher is large and a task's own bytes travel with every task.
        try (SparkShared<TeacherSource> shared = SparkShared.of(spark, teacher)) {
            PairTask task =
                    new PairTask(storage, root.toString(), dataset.schema(), shared, views, sets, settings.batchSize());
            counts = SparkTasks.run(spark, missing, Long.class, task, (labelled, index) -> progress.accept(labelled));
        }
        long samples = counts.stream().mapToLong(Long::longValue).sum();
        long pairs = (long) dataset.shards().size() * views.size();
        LabellingResult result = new LabellingResult(
                missing.size(),
                pairs - missing.size(),
                samples,
                Duration.ofNanos(System.nanoTime() - start).truncatedTo(ChronoUnit.MILLIS));
        LOG.info(
                "the teacher labelled {} shards ({} samples), {} were labelled already",
                result.labelled(),
                result.samples(),
                result.reused());
        return result;
    }

    /**
     * Proves that the teacher, in the instance that an executor has open, still says of a batch of rows from all over the data, up to the rounding of half
     * precision, what it said when it labelled them.
     *
     * @throws ArtifactException if it says something else: then it has learned while it labelled, and the labels are of several teachers
     */
    public void requireUnchanged(Dataset dataset, TeacherSource teacher, LabellingSettings settings) {
        LabelSet set =
                sets(dataset, teacher, List.of(View.plain()), settings.codec()).get(0);
        RowSample rows = new SparkRowSample(spark, new ShardStore(storage, root), dataset).sample(settings.batchSize());
        TreeMap<Integer, Shard> shards = new TreeMap<>();
        rows.ranksByShard()
                .keySet()
                .forEach(place ->
                        shards.put(place, pair(dataset.shards().get(place), 0).shard()));
        try (SparkShared<TeacherSource> shared = SparkShared.of(spark, teacher)) {
            PairTask task = new PairTask(
                    storage,
                    root.toString(),
                    dataset.schema(),
                    shared,
                    List.of(View.plain()),
                    List.of(set),
                    settings.batchSize());
            boolean unchanged = SparkTasks.collect(spark, List.of(new Again(rows, shards)), task::saysTheSame)
                    .get(0);
            if (!unchanged) {
                throw new ArtifactException(
                        "teacher " + teacher.fingerprint() + " answers otherwise than when it labelled;"
                                + " a teacher must be in inference mode. Delete "
                                + new LabelStore(storage, root)
                                        .path(set, dataset.shards().get(0))
                                        .getParent()
                                + " once it is");
            }
        }
    }

    private static Pair pair(Shard shard, int view) {
        return new Pair(shard.key(), shard.samples(), view);
    }

    /** What one task labels. */
    private record Pair(String key, int samples, int view) implements Serializable {
        Shard shard() {
            return new Shard(key, samples, List.of(), List.of(), List.of());
        }
    }

    /**
     * What is asked again.
     *
     * @param shards that have the rows, by their places
     */
    private record Again(RowSample rows, TreeMap<Integer, Shard> shards) implements Serializable {}

    /** Runs on executors. */
    private static final class PairTask implements SparkTasks.Task<Pair, Long> {
        private static final long serialVersionUID = 1L;

        /** Two steps of half precision, relative to the largest logit; what a teacher learns from one batch is more. */
        private static final double ROUNDING = 1.0 / (1 << 9);

        private final Storage storage;
        private final String root;
        private final Schema schema;
        private final SparkShared<TeacherSource> teacher;
        private final ArrayList<View> views;
        private final ArrayList<LabelSet> sets;
        private final int batchSize;

        PairTask(
                Storage storage,
                String root,
                Schema schema,
                SparkShared<TeacherSource> teacher,
                List<View> views,
                List<LabelSet> sets,
                int batchSize) {
            this.storage = storage;
            this.root = root;
            this.schema = schema;
            this.teacher = teacher;
            this.views = new ArrayList<>(views);
            this.sets = new ArrayList<>(sets);
            this.batchSize = batchSize;
        }

        @Override
        public Long run(Pair pair) {
            Shard shard = pair.shard();
            LabelStore store = new LabelStore(storage, new Path(root));
            if (store.exists(sets.get(pair.view()), shard)) {
                return (long) pair.samples(); // by an attempt that was lost after it had written, or by another driver
            }
            Samples samples = new ShardStore(storage, new Path(root)).read(schema, shard);
            float[] logits;
            try (OpenTeachers.Lease lease = OpenTeachers.inThisJvm()
                    .lease(teacher.value(), TaskContext.get().cpus())) {
                logits = ask(lease.teacher(), views.get(pair.view()), samples, shard);
            }
            store.write(sets.get(pair.view()), shard, samples, logits);
            return (long) samples.count();
        }

        private boolean saysTheSame(Again again) {
            LabelSet set = sets.get(0);
            int classes = schema.classes();
            int elements = schema.shape().elements();
            int batch = again.rows().rows().size();
            float[] features = new float[batch * elements];
            float[] before = new float[batch * classes];
            again.rows().ranksByShard().forEach((place, ranks) -> {
                Shard shard = again.shards().get(place);
                Samples samples = new ShardStore(storage, new Path(root)).read(schema, shard);
                float[] labels = new LabelStore(storage, new Path(root)).read(set, shard, samples);
                for (int rank : ranks) {
                    int index = again.rows().rows().get(rank).index();
                    samples.copyFeatures(index, features, rank * elements);
                    System.arraycopy(labels, index * classes, before, rank * classes, classes);
                }
            });
            try (OpenTeachers.Lease lease = OpenTeachers.inThisJvm()
                    .lease(teacher.value(), TaskContext.get().cpus())) {
                float[] now = lease.teacher().logits(features, batch);
                return isClose(set.codec().decode(set.codec().encode(now, classes), classes), before);
            }
        }

        /** The labels may have been made on another kind of processor, whose sums end in other bits. */
        private static boolean isClose(float[] now, float[] before) {
            double largest = 0;
            double difference = 0;
            for (int i = 0; i < now.length; i++) {
                largest = Math.max(largest, Math.abs(before[i]));
                difference = Math.max(difference, Math.abs(now[i] - before[i]));
            }
            return difference <= ROUNDING * largest;
        }

        private float[] ask(Teacher open, View view, Samples samples, Shard shard) {
            int elements = schema.shape().elements();
            int classes = schema.classes();
            float[] features = new float[Math.min(batchSize, samples.count()) * elements];
            float[] logits = new float[samples.count() * classes];
            for (int from = 0; from < samples.count(); from += batchSize) {
                int batch = Math.min(batchSize, samples.count() - from);
                for (int i = 0; i < batch; i++) {
                    samples.copyFeatures(from + i, features, i * elements);
                    view.apply(samples.ids()[from + i], features, i * elements, schema.shape());
                }
                float[] answer = open.logits(features, batch);
                check(answer, batch, samples, from, shard);
                System.arraycopy(answer, 0, logits, from * classes, answer.length);
            }
            return logits;
        }

        private void check(float[] answer, int batch, Samples samples, int from, Shard shard) {
            int classes = schema.classes();
            if (answer.length != batch * classes) {
                throw new ArtifactException("teacher " + sets.get(0).teacher() + " gives " + answer.length
                        + " logits for " + batch + " samples, but the data set has " + classes
                        + " classes, which makes " + batch * classes);
            }
            for (int i = 0; i < answer.length; i++) {
                if (!Float.isFinite(answer[i])) {
                    throw new ArtifactException(
                            "teacher " + sets.get(0).teacher() + " gives the logit " + answer[i] + " for class "
                                    + i % classes + " of sample " + samples.ids()[from + i / classes] + " in shard "
                                    + shard.key()
                                    + "; logits must be finite");
                }
            }
        }
    }
}
