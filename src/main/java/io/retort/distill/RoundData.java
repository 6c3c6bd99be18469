package io.retort.distill;

import io.retort.data.Labels;
import io.retort.data.Samples;
import io.retort.data.View;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.KeptReads;
import io.retort.data.shard.Shard;
import io.retort.data.shard.ShardRows;
import io.retort.distill.loss.TappedLoss;
import io.retort.engine.Batch;
import io.retort.engine.Tap;
import io.retort.label.SoftLabels;
import io.retort.network.Shape;
import io.retort.storage.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** The samples of some shards, side by side, with their soft labels. */
final class RoundData {
    /** A part of the heap; Spark gives a task no other place than a static one for what outlives it. */
    private static final long MOST_KEPT_BYTES = Runtime.getRuntime().maxMemory() / 32;

    private static final long BYTES_OF_AN_ENTRY = 1_000; // of a shard of which there are no rows, too

    private static final KeptReads<Samples> SAMPLES =
            new KeptReads<>(MOST_KEPT_BYTES, samples -> BYTES_OF_AN_ENTRY + samples.features().length);
    private static final KeptReads<float[]> LABELS =
            new KeptReads<>(MOST_KEPT_BYTES, values -> (long) Float.BYTES * values.length);

    private final TrainingTask task;
    private final View view;
    private final List<Samples> samples;
    private final List<float[]> logits = new ArrayList<>();
    private final Map<Tap, List<float[]>> taps = new LinkedHashMap<>();
    private final List<Tap> heads;
    private final int shardSpan;
    private final int count;

    private RoundData(TrainingTask task, View view, List<Tap> heads, List<Samples> samples) {
        this.task = task;
        this.heads = heads;
        this.view = view;
        this.samples = samples;
        this.shardSpan = samples.stream().mapToInt(Samples::count).max().orElse(1);
        this.count = samples.stream().mapToInt(Samples::count).sum();
    }

    /** Samples as they are, without soft labels. */
    static RoundData of(TrainingTask task, Samples samples) {
        return new RoundData(task, View.plain(), List.of(), List.of(samples));
    }

    /** No samples. */
    static RoundData none(TrainingTask task) {
        return new RoundData(task, View.plain(), List.of(), List.of());
    }

    /** Those rows of some shards that the task's data set has. */
    static RoundData read(TrainingTask task, View view, Optional<SoftLabels> softLabels, List<Shard> shards) {
        List<Tap> heads = softLabels.isEmpty()
                ? List.of()
                : task.tappedLosses().stream().map(TappedLoss::teacher).toList();
        if (softLabels.isEmpty() && !view.changesRows()) {
            return new RoundData(
                    task,
                    view,
                    heads,
                    shards.stream().map(shard -> ownRows(task, shard)).toList());
        }
        List<ShardRows> read = shards.stream()
                .map(shard -> task.shards().read(task.dataset(), shard))
                .toList();
        RoundData share = new RoundData(
                task, view, heads, read.stream().map(rows -> rows.samples(view)).toList());
        softLabels.ifPresent(labels -> {
            for (int i = 0; i < read.size(); i++) {
                share.addSoftLabels(labels, shards.get(i), read.get(i));
            }
        });
        return share;
    }

    /** Where only rows with a label count, of 600 among 60,000 an epoch reads no others. */
    private static Samples ownRows(TrainingTask task, Shard shard) {
        Dataset dataset = task.dataset();
        if (!dataset.filter().labelledOnly()) {
            return task.shards().read(dataset, shard).samples();
        }
        String rows = new Digest().add(dataset.schema()).add(dataset.filter()).key();
        return SAMPLES.of(
                file(task, shard) + " " + rows,
                () -> task.shards().read(dataset, shard).samples());
    }

    private static String file(TrainingTask task, Shard shard) {
        return task.shards().path(shard.key()).toString();
    }

    private void addSoftLabels(SoftLabels labels, Shard shard, ShardRows rows) {
        String of =
                file(task, shard) + " " + labels.origin() + " " + labels.codec().name() + " " + view.fingerprint();
        float[] read = LABELS.of(of, () -> labels.read(view, shard, rows.wholeIds()));
        logits.add(rows.of(read, labels.width()));
        for (Tap tap : Set.copyOf(heads)) {
            float[] values = LABELS.of(of + " " + tap.name(), () -> labels.read(tap, view, shard, rows.wholeIds()));
            taps.computeIfAbsent(tap, first -> new ArrayList<>())
                    .add(rows.of(values, tap.shape().elements()));
        }
    }

    /** Positions are shard index times the span, plus the index in the shard. */
    int[] inOrder() {
        int[] order = new int[count];
        int at = 0;
        for (int s = 0; s < samples.size(); s++) {
            for (int i = 0; i < samples.get(s).count(); i++) {
                order[at++] = s * shardSpan + i;
            }
        }
        return order;
    }

    int[] shuffled(long seed) {
        int[] order = inOrder();
        Random random = new Random(seed);
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }

    /** The samples at some positions, scaled, with their labels and soft labels. */
    Batch batch(int[] positions) {
        List<float[]> tapped = heads.stream()
                .map(tap -> rows(taps.get(tap), positions, tap.shape().elements()))
                .toList();
        return new Batch(features(positions), targets(positions), positions.length, tapped);
    }

    /** Only their scaled features. */
    float[] features(int[] positions) {
        Shape shape = task.structure().input();
        float[] features = new float[positions.length * shape.elements()];
        for (int row = 0; row < positions.length; row++) {
            view.copy(samples.get(positions[row] / shardSpan), positions[row] % shardSpan, features, row);
        }
        task.structure().scaling().apply(features, shape);
        return features;
    }

    private float[] targets(int[] positions) {
        int width = task.dataset().schema().target().labelWidth();
        float[] labels =
                rows(samples.stream().map(some -> some.labels().values()).toList(), positions, width);
        task.outputScaling().standardise(labels);
        return task.signals()
                .packed(
                        new Labels(labels, width),
                        teacherLogits(positions, task.structure().classes()));
    }

    private Optional<float[]> teacherLogits(int[] positions, int classes) {
        if (logits.isEmpty()) {
            return Optional.empty();
        }
        float[] taught = rows(logits, positions, classes);
        task.outputScaling().standardise(taught);
        return Optional.of(taught);
    }

    private float[] rows(List<float[]> byShard, int[] positions, int width) {
        float[] rows = new float[positions.length * width];
        for (int row = 0; row < positions.length; row++) {
            float[] shard = byShard.get(positions[row] / shardSpan);
            System.arraycopy(shard, positions[row] % shardSpan * width, rows, row * width, width);
        }
        return rows;
    }
}
