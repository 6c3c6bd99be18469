package io.retort.softlabel;

import io.retort.data.Dataset;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.Shard;
import io.retort.data.ShardStore;
import io.retort.data.View;
import io.retort.engine.Tap;
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
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Stores what a teacher's taps say, one Spark task per (shard, view) and one file per tap, apart from the logits, whose files are the same with and without taps.
 *
 * <p>A task reads one shard and asks for all taps at once; it writes those files that are missing.
 */
public final class SparkTapLabelling {
    private final JavaSparkContext spark;
    private final Storage storage;
    private final Path root;

    public SparkTapLabelling(JavaSparkContext spark, Storage storage, Path root) {
        this.spark = spark;
        this.storage = storage;
        this.root = root;
    }

    /** The sets that {@link #label} makes, of each tap in each view. */
    public static List<LabelSet> sets(String teacher, List<Tap> taps, List<View> views) {
        return views.stream()
                .flatMap(view -> taps.stream().map(tap -> TapCodec.labelSet(teacher, view, tap)))
                .toList();
    }

    /**
     * Stores the taps of every (shard, view) that the store lacks.
     *
     * @param teacher the fingerprint of the teacher whose taps these are
     * @param source gives the taps side by side in place of logits
     * @param progress is told of each finished (shard, view), with its number of samples; called by one thread at a time
     */
    public LabellingResult label(
            Dataset dataset,
            String teacher,
            TeacherSource source,
            List<Tap> taps,
            List<View> views,
            int batchSize,
            LongConsumer progress) {
        long start = System.nanoTime();
        LabelStore store = new LabelStore(storage, root);
        List<Portion> missing = new ArrayList<>();
        for (int i = 0; i < views.size(); i++) {
            List<Set<String>> labelled = sets(teacher, taps, List.of(views.get(i))).stream()
                    .map(store::labelled)
                    .toList();
            for (Shard shard : dataset.shards()) {
                if (!labelled.stream().allMatch(keys -> keys.contains(shard.key()))) {
                    missing.add(new Portion(shard.key(), shard.samples(), i));
                }
            }
        }
        List<Long> counts;
        try (SparkShared<TeacherSource> shared = SparkShared.of(spark, source)) {
            PortionTask task = new PortionTask(
                    storage,
                    root.toString(),
                    dataset.schema(),
                    teacher,
                    shared,
                    new ArrayList<>(taps),
                    new ArrayList<>(views),
                    batchSize);
            counts = SparkTasks.run(spark, missing, Long.class, task, (labelled, index) -> progress.accept(labelled));
        }
        long pairs = (long) dataset.shards().size() * views.size();
        return new LabellingResult(
                missing.size(),
                pairs - missing.size(),
                counts.stream().mapToLong(Long::longValue).sum(),
                Duration.ofNanos(System.nanoTime() - start).truncatedTo(ChronoUnit.MILLIS));
    }

    /** What one task labels. */
    private record Portion(String key, int samples, int view) implements Serializable {}

    /** Runs on executors. */
    private record PortionTask(
            Storage storage,
            String root,
            Schema schema,
            String teacher,
            SparkShared<TeacherSource> source,
            ArrayList<Tap> taps,
            ArrayList<View> views,
            int batchSize)
            implements SparkTasks.Task<Portion, Long> {
        @Override
        public Long run(Portion portion) {
            Shard shard = new Shard(portion.key(), portion.samples(), List.of(), List.of(), List.of());
            Samples samples = new ShardStore(storage, new Path(root)).read(schema, shard);
            View view = views.get(portion.view());
            List<float[]> said;
            try (OpenTeachers.Lease lease = OpenTeachers.inThisJvm()
                    .lease(source.value(), TaskContext.get().cpus())) {
                said = ask(lease.teacher(), view, samples, shard);
            }
            LabelStore store = new LabelStore(storage, new Path(root));
            for (int i = 0; i < taps.size(); i++) {
                LabelSet set = TapCodec.labelSet(teacher, view, taps.get(i));
                if (!store.exists(set, shard)) {
                    store.write(set, shard, samples, said.get(i));
                }
            }
            return (long) samples.count();
        }

        /** What each tap says, {@code [samples, elements]}. */
        private List<float[]> ask(Teacher open, View view, Samples samples, Shard shard) {
            int elements = schema.shape().elements();
            int[] widths = taps.stream().mapToInt(tap -> tap.shape().elements()).toArray();
            int width = Arrays.stream(widths).sum();
            List<float[]> said = IntStream.of(widths)
                    .mapToObj(each -> new float[samples.count() * each])
                    .toList();
            float[] features = new float[Math.min(batchSize, samples.count()) * elements];
            for (int from = 0; from < samples.count(); from += batchSize) {
                int batch = Math.min(batchSize, samples.count() - from);
                for (int i = 0; i < batch; i++) {
                    samples.copyFeatures(from + i, features, i * elements);
                    view.apply(samples.ids()[from + i], features, i * elements, schema.shape());
                }
                float[] answer = open.logits(features, batch);
                for (int i = 0; i < batch; i++) {
                    int at = i * width;
                    requireFinite(answer, at, width, samples.ids()[from + i], shard);
                    for (int t = 0; t < widths.length; t++) {
                        System.arraycopy(answer, at, said.get(t), (from + i) * widths[t], widths[t]);
                        at += widths[t];
                    }
                }
            }
            return said;
        }

        private void requireFinite(float[] answer, int from, int width, long id, Shard shard) {
            for (int i = from; i < from + width; i++) {
                if (!Float.isFinite(answer[i])) {
                    throw new ArtifactException("teacher " + teacher + " gives " + answer[i] + " at one of the taps "
                            + taps.stream().map(Tap::node).toList() + " for sample " + id + " in shard " + shard.key()
                            + "; taps must be finite");
                }
            }
        }
    }
}
