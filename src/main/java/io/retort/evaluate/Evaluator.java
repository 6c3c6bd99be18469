package io.retort.evaluate;

import io.retort.data.LabelColumns;
import io.retort.data.Schema;
import io.retort.data.ShownRows;
import io.retort.data.Target;
import io.retort.data.View;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.RowSample;
import io.retort.data.shard.RowSampler;
import io.retort.data.shard.Shard;
import io.retort.data.shard.ShardRows;
import io.retort.data.shard.ShardStore;
import io.retort.engine.Softmax;
import io.retort.evaluate.ShownAnswers.Disagreement;
import io.retort.evaluate.ShownAnswers.NumberSample;
import io.retort.label.SoftLabels;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.ModelCache;
import io.retort.predict.ModelStore;
import io.retort.spark.ParallelTasks;
import io.retort.spark.SharedValue.SharedModel;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/** Evaluates on Spark, one task per shard. Sums travel to the driver, not predictions. */
public final class Evaluator {
    /**
     * Tallies that are merged on an executor at least, for that of two classes may have more than a megabyte, and that of 1,000 has eight. Of n shards the driver
     * receives at most the greater of this and √n.
     */
    private static final int FAN_IN = 64;

    /** For what need not be exact. */
    private static final int MAX_SHARDS_LOOKED_AT = 16;

    private final JavaSparkContext spark;
    private final ShardStore shards;
    private final ModelStore models;
    private final Evaluation.Settings settings;

    /** @param models for those that are too large to travel */
    public Evaluator(JavaSparkContext spark, ShardStore shards, ModelStore models, Evaluation.Settings settings) {
        this.spark = spark;
        this.shards = shards;
        this.models = models;
        this.settings = settings;
    }

    /** The figures of a model that gives logits. {@code teacher} has labelled the data set, unaugmented. */
    public Evaluation ofModel(Dataset dataset, ModelHandle model, SoftLabels teacher) {
        int batchSize = settings.batchSize();
        try (SharedModel shared = SharedModel.of(spark, models, model)) {
            return whole(dataset, teacher, (rows, taught) -> predict(shared, rows, batchSize));
        }
    }

    /** The figures of the teacher itself, from what it said already. */
    public Evaluation ofTeacher(Dataset dataset, SoftLabels teacher) {
        return whole(dataset, teacher, (rows, taught) -> taught);
    }

    private Evaluation whole(Dataset dataset, SoftLabels teacher, Predictor predictor) {
        Evaluation tallied = evaluate(dataset, teacher, View.plain(), predictor);
        Task task = Task.of(dataset.schema().target());
        return task.compared() == 0
                ? tallied
                : tallied.with(task.comparing(answers(dataset, teacher, task.compared(), predictor)));
    }

    /**
     * What a model that gives logits and the teacher say of rows as they are, in the order of shards: of all of a data
     * set or, where it has more than {@code most}, of a {@link RowSampler sample}. They come here.
     */
    public AnsweredRows answers(Dataset dataset, ModelHandle model, SoftLabels teacher, int most) {
        int batchSize = settings.batchSize();
        try (SharedModel shared = SharedModel.of(spark, models, model)) {
            return answers(dataset, teacher, most, (rows, taught) -> predict(shared, rows, batchSize));
        }
    }

    /** Some rows beside what a model and the teacher say of them, for people. */
    public ShownAnswers shown(Dataset dataset, ModelHandle model, SoftLabels teacher) {
        Target target = dataset.schema().target();
        if (settings.shownRows() > 0 && target.isOneClass()) {
            return new ShownAnswers(disagreements(dataset, model, teacher), List.of());
        }
        return settings.shownRows() > 0 && target.kind() == LabelColumns.Kind.NUMBERS
                ? new ShownAnswers(
                        List.of(),
                        NumberSample.of(target.names(), answers(dataset, model, teacher, NumberSample.MOST_ROWS)))
                : ShownAnswers.NONE;
    }

    /** The surest ones; each task gives no more of its shard than there are to be in all. */
    private List<Disagreement> disagreements(Dataset dataset, ModelHandle model, SoftLabels teacher) {
        int most = settings.shownRows();
        int batchSize = settings.batchSize();
        int width = teacher.width();
        ShardStore store = shards;
        Dataset of = dataset.withoutShards();
        try (SharedModel shared = SharedModel.of(spark, models, model)) {
            List<Few> found = ParallelTasks.collectMerged(
                    spark,
                    dataset.shards(),
                    fanIn(dataset),
                    shard -> {
                        ShardRows rows = store.read(of, shard);
                        float[] taught = rows.of(teacher.read(View.plain(), shard, rows.wholeIds()), width);
                        float[] given = predict(shared, rows, batchSize);
                        AnsweredRows answers = new AnsweredRows(
                                width, given, taught, rows.rows().labels());
                        return new Few(Disagreement.surest(rows, answers, most));
                    },
                    parts -> Few.of(parts, most));
            return Few.of(found, most).rows();
        }
    }

    /** The surest disagreements of some shards. */
    private record Few(List<Disagreement> rows) implements Serializable {
        static Few of(List<Few> parts, int most) {
            List<Disagreement> all =
                    parts.stream().map(Few::rows).flatMap(List::stream).toList();
            return new Few(Disagreement.surest(all, most));
        }
    }

    private static int fanIn(Dataset dataset) {
        return Math.max(FAN_IN, (int) Math.ceil(Math.sqrt(dataset.shards().size())));
    }

    /** What a model alone gives of such rows. */
    public AnsweredRows given(Dataset dataset, ModelHandle model, int most) {
        int batchSize = settings.batchSize();
        try (SharedModel shared = SharedModel.of(spark, models, model)) {
            return sampled(
                    dataset,
                    most,
                    (rows, shard) -> new AnsweredRows(
                            rows.schema().classes(),
                            predict(shared, rows, batchSize),
                            new float[0],
                            rows.rows().labels()));
        }
    }

    /** What the teacher alone says of such rows, in the view that it saw them in, as outputs. */
    public AnsweredRows taught(Dataset dataset, SoftLabels teacher, View view, int most) {
        int width = teacher.width();
        return sampled(
                dataset,
                most,
                (rows, shard) -> new AnsweredRows(
                        width,
                        rows.of(teacher.read(view, shard, rows.wholeIds()), width),
                        new float[0],
                        rows.rows().labels()));
    }

    private AnsweredRows answers(Dataset dataset, SoftLabels teacher, int most, Predictor predictor) {
        int width = teacher.width();
        return sampled(dataset, most, (rows, shard) -> {
            float[] taught = rows.of(teacher.read(View.plain(), shard, rows.wholeIds()), width);
            return new AnsweredRows(
                    width, predictor.logits(rows, taught), taught, rows.rows().labels());
        });
    }

    private AnsweredRows sampled(Dataset dataset, int most, Answer answer) {
        ShardStore store = shards;
        Dataset of = dataset.withoutShards();
        return AnsweredRows.joined(ParallelTasks.collect(
                spark, chosen(dataset, most), some -> answer.of(some.of(store.read(of, some.shard())), some.shard())));
    }

    /** Gives what is said of a shard's rows. */
    @FunctionalInterface
    private interface Answer extends Serializable {
        AnsweredRows of(ShardRows rows, Shard shard);
    }

    private List<Chosen> chosen(Dataset dataset, int most) {
        if (dataset.samples() <= most) {
            return dataset.parts().stream()
                    .filter(part -> part.rows() > 0)
                    .map(part -> new Chosen(part.shard(), new int[0]))
                    .toList();
        }
        RowSample sample = new RowSampler(spark, shards, dataset).sample(most);
        return sample.ranksByShard().entrySet().stream()
                .map(entry -> new Chosen(
                        dataset.shards().get(entry.getKey()),
                        entry.getValue().stream()
                                .mapToInt(rank -> sample.rows().get(rank).index())
                                .sorted()
                                .toArray()))
                .toList();
    }

    /**
     * Rows of a shard.
     *
     * @param places of them in the shard, ascending; none for all that the data set has
     */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    private record Chosen(Shard shard, int[] places) implements Serializable {
        ShardRows of(ShardRows all) {
            if (places.length == 0) {
                return all;
            }
            int[] own = Arrays.stream(places)
                    .map(place -> Arrays.binarySearch(all.places(), place))
                    .toArray();
            return new ShardRows(
                    all.schema(), all.key(), all.whole(), places, all.rows().rows(own));
        }
    }

    /** How often each of two models does better on the same samples. */
    public ContingencyTable pairs(Dataset dataset, ModelHandle first, ModelHandle second) {
        ShardStore store = shards;
        int batchSize = settings.batchSize();
        try (SharedModel one = SharedModel.of(spark, models, first);
                SharedModel other = SharedModel.of(spark, models, second)) {
            Dataset of = dataset.withoutShards();
            Task task = Task.of(dataset.schema().target());
            List<ContingencyTable> counted = ParallelTasks.collect(spark, dataset.shards(), shard -> {
                ShardRows rows = store.read(of, shard);
                return task.pairs(
                        predict(one, rows, batchSize),
                        predict(other, rows, batchSize),
                        rows.rows().labels());
            });
            return counted.stream().reduce(new ContingencyTable(0, 0, 0, 0), ContingencyTable::plus);
        }
    }

    /** The teacher's score on those samples that have a label, in the view that it saw them in. */
    public double teacherScore(Dataset dataset, SoftLabels teacher, View view) {
        return evaluate(dataset.labelledRows(), teacher, view, (rows, taught) -> taught)
                .score(Task.of(dataset.schema().target()));
    }

    /** The mean entropy of a teacher's distributions, in nats, over the rows of a few shards; 0 where there are none. */
    public double meanEntropy(Dataset dataset, SoftLabels teacher, View view) {
        ShardStore store = shards;
        int classes = dataset.schema().classes();
        Dataset of = dataset.withoutShards();
        int shardsThere = dataset.shards().size();
        int looks = Math.min(MAX_SHARDS_LOOKED_AT, shardsThere);
        List<Shard> some = IntStream.range(0, looks)
                .mapToObj(i -> dataset.shards().get((int) ((long) i * shardsThere / looks)))
                .toList();
        List<double[]> sums = ParallelTasks.collect(spark, some, shard -> {
            ShardRows rows = store.read(of, shard);
            float[] logits = rows.of(teacher.read(view, shard, rows.wholeIds()), classes);
            return new double[] {entropies(logits, classes), rows.rows().count()};
        });
        double rows = sums.stream().mapToDouble(sum -> sum[1]).sum();
        return rows == 0 ? 0 : sums.stream().mapToDouble(sum -> sum[0]).sum() / rows;
    }

    private static double entropies(float[] logits, int classes) {
        double[] row = new double[classes];
        double[] logs = new double[classes];
        double sum = 0;
        for (int from = 0; from < logits.length; from += classes) {
            for (int c = 0; c < classes; c++) {
                row[c] = logits[from + c];
            }
            Softmax.logOfRow(row, 0, classes, 1, logs);
            for (double log : logs) {
                sum -= log == Double.NEGATIVE_INFINITY ? 0 : Math.exp(log) * log;
            }
        }
        return sum;
    }

    private Evaluation evaluate(Dataset dataset, SoftLabels teacher, View view, Predictor predictor) {
        ShardStore store = shards;
        Schema schema = dataset.schema();
        Dataset of = dataset.withoutShards();
        Measuring measuring = new Measuring(Task.of(schema.target()), settings);
        List<Task.Accumulator> tallies = ParallelTasks.collectMerged(
                spark,
                dataset.shards(),
                fanIn(dataset),
                shard -> {
                    ShardRows rows = store.read(of, shard);
                    float[] taught = rows.of(teacher.read(view, shard, rows.wholeIds()), schema.classes());
                    Task.Accumulator tally = measuring.tally();
                    tally.add(
                            predictor.logits(rows, taught), taught, rows.rows().labels());
                    return tally;
                },
                measuring::sum);
        return measuring.sum(tallies).evaluation();
    }

    /** What is measured. */
    private record Measuring(Task task, Evaluation.Settings settings) implements Serializable {
        Task.Accumulator tally() {
            return task.tally(settings);
        }

        /** The tally of all samples of several. */
        Task.Accumulator sum(List<Task.Accumulator> parts) {
            Task.Accumulator sum = tally();
            parts.forEach(sum::add);
            return sum;
        }
    }

    private static float[] predict(SharedModel model, ShardRows rows, int batchSize) {
        int classes = rows.schema().classes();
        float[] logits = new float[rows.rows().count() * classes];
        try (ModelCache.Lease lease = model.lease(1)) {
            new ShownRows(rows.schema(), rows.rows(), View.plain()).forEachBatch(batchSize, batch -> {
                float[] some = lease.model().predict(batch);
                System.arraycopy(some, 0, logits, batch.from() * classes, batch.size() * classes);
            });
        }
        return logits;
    }

    /** Gives the logits of a shard's rows; {@code taught} are the teacher's. */
    @FunctionalInterface
    private interface Predictor extends Serializable {
        float[] logits(ShardRows rows, float[] taught);
    }
}
