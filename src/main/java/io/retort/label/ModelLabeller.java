package io.retort.label;

import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.ShownRows;
import io.retort.data.Target;
import io.retort.data.View;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.Dataset.RowReading;
import io.retort.data.shard.RowSample;
import io.retort.data.shard.RowSampler;
import io.retort.data.shard.Shard;
import io.retort.data.shard.ShardStore;
import io.retort.engine.Tap;
import io.retort.label.LabelStore.LabelSet;
import io.retort.label.Labeller.LabelRequest;
import io.retort.label.Labeller.LabellingResult;
import io.retort.label.Labeller.LabellingSettings;
import io.retort.network.Shape;
import io.retort.predict.ModelCache;
import io.retort.predict.ModelStore;
import io.retort.spark.ParallelTasks;
import io.retort.spark.SharedValue.SharedModel;
import io.retort.storage.ArtifactException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Labels by a model that executors ask, one Spark task per (shard, view).
 *
 * <p>A task asks for all that the store lacks of its shard in one pass: each batch is read, decoded and augmented once.
 * It writes a file for the logits and one for each tap; a task that runs twice writes the same bytes to the same names.
 *
 * <p>Logits and taps come out of two sessions, although one could give both. A session that gives taps as well cannot
 * fuse the nodes around them, so its logits would end in other bits than without taps. One that is not optimised, whose
 * bits stay, took 1.7 to 2.3 times as long for logits alone (batches of 128 through W1's teacher, ResNet-20 and
 * WRN-16-2, one thread of a Xeon). So the logits' session is optimised and knows of no taps; that of the taps is
 * not, and runs no further than they need.
 */
public final class ModelLabeller implements Labeller {
    private static final Logger LOG = LoggerFactory.getLogger(ModelLabeller.class);

    private final JavaSparkContext spark;
    private final ModelStore models;
    private final LabellingSettings settings;
    private final TeacherModel teacher;
    private final RowReading reading;

    /** @param models of the root where the shards are and the labels go */
    public ModelLabeller(JavaSparkContext spark, ModelStore models, LabellingSettings settings, TeacherModel teacher) {
        this(spark, models, settings, teacher, new ShardStore(models.storage(), models.root()));
    }

    /**
     * @param models of the root where the shards are and the labels go
     * @param reading of the rows that the teacher is asked about
     */
    public ModelLabeller(
            JavaSparkContext spark,
            ModelStore models,
            LabellingSettings settings,
            TeacherModel teacher,
            RowReading reading) {
        this.spark = spark;
        this.models = models;
        this.settings = settings;
        this.teacher = teacher;
        this.reading = reading;
    }

    @Override
    public String fingerprint() {
        return teacher.fingerprint();
    }

    @Override
    public int width(Target target) {
        return teacher.width(target);
    }

    @Override
    public Map<String, Shape> taps() {
        return teacher.taps();
    }

    @Override
    public LabellingResult label(Dataset dataset, List<LabelRequest> requests, LongConsumer progress) {
        long start = System.nanoTime();
        // A codec that does not suit the number of classes refuses now, not after an hour.
        Target target = dataset.schema().target();
        int width = teacher.width(target);
        teacher.codec(settings, target).encode(new float[width], width);
        List<Portion> portions = new ArrayList<>();
        List<Long> counts;
        try (Questions questions = new Questions()) {
            requests.forEach(request -> portions.addAll(portions(dataset, request, questions)));
            PortionTask task = new PortionTask(
                    reading,
                    labels(),
                    dataset.schema(),
                    questions.all,
                    settings.batchSize(),
                    spark.sc().longAccumulator("rows labelled"));
            counts = ParallelTasks.run(
                    spark, portions, Long.class, task, (labelled, index) -> progress.accept(labelled));
        }
        long samples = counts.stream().mapToLong(Long::longValue).sum();
        LabellingResult result = LabellingResult.since(start, dataset, requests, portions.size(), samples);
        LOG.info(
                "the teacher labelled {} shards ({} samples), {} were labelled already",
                result.labelled(),
                result.samples(),
                result.reused());
        return result;
    }

    private ShardStore shards() {
        return new ShardStore(models.storage(), models.root());
    }

    private LabelStore labels() {
        return new LabelStore(models.storage(), models.root());
    }

    private List<LabelSet> sets(Dataset dataset, LabelRequest request) {
        return request.sets(
                fingerprint(),
                teacher.codec(settings, dataset.schema().target()),
                teacher.width(dataset.schema().target()));
    }

    /** The shards that lack something in a view, each with what it lacks. */
    private List<Portion> portions(Dataset dataset, LabelRequest request, Questions questions) {
        List<LabelSet> sets = sets(dataset, request);
        List<Set<String>> labelled = sets.stream().map(labels()::labelled).toList();
        List<Portion> portions = new ArrayList<>();
        for (Shard shard : dataset.shards()) {
            int[] taps = IntStream.range(0, request.taps().size())
                    .filter(tap -> !labelled.get(tap + 1).contains(shard.key()))
                    .toArray();
            ArrayList<Integer> asked = new ArrayList<>();
            if (!labelled.get(0).contains(shard.key())) {
                asked.add(questions.number(List.of(), sets.subList(0, 1)));
            }
            if (taps.length > 0) {
                asked.add(questions.number(
                        IntStream.of(taps).mapToObj(request.taps()::get).toList(),
                        IntStream.of(taps).mapToObj(tap -> sets.get(tap + 1)).toList()));
            }
            if (!asked.isEmpty()) {
                portions.add(new Portion(shard.key(), shard.samples(), request.view(), asked));
            }
        }
        return portions;
    }

    /** All that models are asked in one job, each question once, however many shards lack its answer. */
    private final class Questions implements AutoCloseable {
        private final ArrayList<Question> all = new ArrayList<>();
        private final Map<List<String>, Integer> numbers = new HashMap<>();
        private final Map<List<Tap>, SharedModel> shared = new HashMap<>();

        /** @param taps none for the logits */
        int number(List<Tap> taps, List<LabelSet> sets) {
            return numbers.computeIfAbsent(sets.stream().map(LabelSet::name).toList(), unknown -> {
                SharedModel model = shared.computeIfAbsent(
                        taps,
                        some -> SharedModel.of(spark, models, some.isEmpty() ? teacher.logits() : teacher.taps(some)));
                all.add(new Question(model, new ArrayList<>(sets)));
                return all.size() - 1;
            });
        }

        @Override
        public void close() {
            shared.values().forEach(SharedModel::close);
        }
    }

    /**
     * What a model is asked.
     *
     * @param sets where its values go: those of a row are those of the sets, one after the other
     */
    private record Question(SharedModel model, ArrayList<LabelSet> sets) implements Serializable {
        int width() {
            return sets.stream().mapToInt(LabelSet::classes).sum();
        }
    }

    /**
     * What one task labels.
     *
     * @param questions their numbers
     */
    private record Portion(String key, int samples, View view, ArrayList<Integer> questions) implements Serializable {
        Shard shard() {
            return ModelLabeller.shard(key, samples);
        }
    }

    private static Shard shard(String key, int samples) {
        return new Shard(key, samples, List.of(), List.of(), List.of());
    }

    /** Runs on executors. */
    private record PortionTask(
            RowReading shards,
            LabelStore labels,
            Schema schema,
            ArrayList<Question> questions,
            int batchSize,
            LongAccumulator labelled)
            implements ParallelTasks.Task<Portion, Long> {
        @Override
        public Long run(Portion portion) {
            Shard shard = portion.shard();
            // Others may have been answered by an attempt that was lost after it had written, or by another driver.
            List<Question> open = portion.questions().stream()
                    .map(questions::get)
                    .filter(question -> !question.sets().stream().allMatch(set -> labels.exists(set, shard)))
                    .toList();
            if (!open.isEmpty()) {
                Rows rows = shards.rows(schema, shard);
                for (Answer answer : answers(open, portion.view(), rows, shard)) {
                    answer.write(labels, shard, rows.ids());
                }
                labelled.add(portion.samples());
            }
            return (long) portion.samples();
        }

        private List<Answer> answers(List<Question> open, View view, Rows rows, Shard shard) {
            List<Answer> answers = new ArrayList<>();
            try {
                open.forEach(question -> answers.add(new Answer(
                        question,
                        rows.count(),
                        question.model().lease(TaskContext.get().cpus()))));
                boolean atOnce =
                        answers.stream().allMatch(answer -> answer.lease.model().choosesBatches());
                new ShownRows(schema, rows, view)
                        .forEachBatch(
                                atOnce ? rows.count() : batchSize,
                                batch -> answers.forEach(answer -> answer.ask(batch, rows.ids(), shard)));
            } finally {
                answers.forEach(answer -> answer.lease.close());
            }
            return answers;
        }
    }

    /** What a model gives for a shard. */
    private static final class Answer {
        private final Question question;
        private final ModelCache.Lease lease;
        private final List<float[]> values;

        Answer(Question question, int samples, ModelCache.Lease lease) {
            this.question = question;
            this.lease = lease;
            this.values = question.sets().stream()
                    .map(set -> new float[Math.multiplyExact(samples, set.classes())])
                    .toList();
        }

        void ask(ShownRows batch, long[] ids, Shard shard) {
            int from = batch.from();
            int count = batch.size();
            float[] given = lease.model().predict(batch);
            if (given.length != count * question.width()) {
                throw new ArtifactException("teacher " + question.sets().get(0).teacher() + " gives " + given.length
                        + " values for " + count + " samples, but " + count * question.width() + " are wanted, "
                        + question.width() + " each: "
                        + question.sets().get(0).codec().describe(0) + " and so on");
            }
            int at = 0;
            for (int row = from; row < from + count; row++) {
                for (int s = 0; s < values.size(); s++) {
                    LabelSet set = question.sets().get(s);
                    for (int i = 0; i < set.classes(); i++) {
                        if (!Float.isFinite(given[at + i])) {
                            throw new ArtifactException("teacher " + set.teacher() + " gives " + given[at + i] + " as "
                                    + set.codec().describe(i) + " of sample " + ids[row]
                                    + " in shard " + shard.key() + "; labels must be finite");
                        }
                    }
                    System.arraycopy(given, at, values.get(s), row * set.classes(), set.classes());
                    at += set.classes();
                }
            }
        }

        void write(LabelStore labels, Shard shard, long[] ids) {
            for (int s = 0; s < values.size(); s++) {
                LabelSet set = question.sets().get(s);
                if (!labels.exists(set, shard)) {
                    labels.write(set, shard, ids, values.get(s));
                }
            }
        }
    }

    /**
     * Proves that the teacher, in the instance that an executor has open, still gives for a batch of rows from all over
     * the data, up to the rounding of half precision, what it gave when it labelled them.
     *
     * @throws ArtifactException if it gives something else: then it has learned while it labelled, and the labels are
     *     of several teachers
     */
    @Override
    public void requireUnchanged(Dataset dataset) {
        LabelSet set = sets(dataset, LabelRequest.plain()).get(0);
        RowSample rows = new RowSampler(spark, shards(), dataset).sample(settings.batchSize());
        TreeMap<Integer, Shard> places = new TreeMap<>();
        rows.ranksByShard().keySet().forEach(place -> {
            Shard shard = dataset.shards().get(place);
            places.put(place, shard(shard.key(), shard.samples()));
        });
        try (SharedModel model = SharedModel.of(spark, models, teacher.logits())) {
            AgainTask task = new AgainTask(reading, labels(), dataset.schema(), set, model);
            boolean unchanged = ParallelTasks.collect(spark, List.of(new Again(rows, places)), task)
                    .get(0);
            if (!unchanged) {
                throw new ArtifactException("teacher " + fingerprint() + " answers otherwise than when it labelled;"
                        + " a teacher must be in inference mode. Delete "
                        + labels().path(set, dataset.shards().get(0)).getParent()
                        + " once it is");
            }
        }
    }

    /**
     * What is asked again.
     *
     * @param shards that have the rows, by their places
     */
    private record Again(RowSample rows, TreeMap<Integer, Shard> shards) implements Serializable {}

    /** Whether the rows get the labels again that they have. */
    private record AgainTask(RowReading shards, LabelStore labels, Schema schema, LabelSet set, SharedModel model)
            implements ParallelTasks.Task<Again, Boolean> {
        /** Two steps of half precision, relative to the largest logit; what a teacher learns from one batch is more. */
        private static final double ROUNDING = 1.0 / (1 << 9);

        @Override
        public Boolean run(Again again) {
            int classes = set.classes();
            int batch = again.rows().rows().size();
            Rows[] rows = new Rows[batch];
            float[] before = new float[batch * classes];
            again.rows().ranksByShard().forEach((place, ranks) -> {
                Shard shard = again.shards().get(place);
                Rows whole = shards.rows(schema, shard);
                float[] stored = labels.read(set, shard, whole.ids());
                for (int rank : ranks) {
                    int index = again.rows().rows().get(rank).index();
                    rows[rank] = whole.rows(index);
                    System.arraycopy(stored, index * classes, before, rank * classes, classes);
                }
            });
            try (ModelCache.Lease lease = model.lease(TaskContext.get().cpus())) {
                float[] now = lease.model().predict(new ShownRows(schema, Rows.joined(List.of(rows)), View.plain()));
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
    }
}
