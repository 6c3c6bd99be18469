package io.retort.label;

import io.retort.config.Names;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import io.retort.data.shard.ShardStore;
import io.retort.label.EnsembleModel.Average;
import io.retort.label.LabelStore.LabelSet;
import io.retort.label.Labeller.LabelRequest;
import io.retort.label.Labeller.LabellingResult;
import io.retort.label.Labeller.LabellingSettings;
import io.retort.network.Shape;
import io.retort.predict.ModelStore;
import io.retort.spark.ParallelTasks;
import io.retort.storage.Digest;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Averages what others have labelled, as {@link EnsembleModel} does with what models answer: for members that are no
 * models that executors can ask. Each member's labels are in the store, as they were coded, and so are their averages.
 */
public final class AveragedLabeller implements Labeller {
    private final JavaSparkContext spark;
    private final ModelStore models;
    private final LabellingSettings settings;
    private final List<Labeller> members;
    private final List<Double> weights;
    private final Average average;

    /**
     * @param models of the root where shards and labels are
     * @param weights one for each member; each counts by its part of their sum
     */
    public AveragedLabeller(
            JavaSparkContext spark,
            ModelStore models,
            LabellingSettings settings,
            List<Labeller> members,
            List<Double> weights,
            Average average) {
        this.spark = spark;
        this.models = models;
        this.settings = settings;
        this.members = List.copyOf(members);
        this.weights = List.copyOf(weights);
        this.average = average;
    }

    @Override
    public String fingerprint() {
        Digest digest = new Digest().add("averaged-labels/1").add(Names.kebab(average));
        for (int i = 0; i < members.size(); i++) {
            digest.add(members.get(i).fingerprint()).add(shares()[i]);
        }
        return digest.key();
    }

    @Override
    public List<String> fingerprints() {
        return Stream.concat(
                        Stream.of(fingerprint()), members.stream().flatMap(member -> member.fingerprints().stream()))
                .toList();
    }

    private double[] shares() {
        double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
        return weights.stream().mapToDouble(weight -> weight / sum).toArray();
    }

    @Override
    public Map<String, Shape> taps() {
        return Map.of();
    }

    @Override
    public LabellingResult label(Dataset dataset, List<LabelRequest> requests, LongConsumer progress) {
        long start = System.nanoTime();
        members.forEach(member -> member.label(dataset, requests, rows -> {}));
        LabelStore labels = new LabelStore(models.storage(), models.root());
        List<Portion> portions = new ArrayList<>();
        for (LabelRequest request : requests) {
            LabelSet own = set(fingerprint(), request, dataset);
            ArrayList<LabelSet> sets = new ArrayList<>(members.stream()
                    .map(member -> set(member.fingerprint(), request, dataset))
                    .toList());
            Set<String> labelled = labels.labelled(own);
            dataset.shards().stream()
                    .filter(shard -> !labelled.contains(shard.key()))
                    .forEach(shard -> portions.add(new Portion(shard.plain(), own, sets)));
        }
        ShardStore shards = new ShardStore(models.storage(), models.root());
        Dataset of = dataset.withoutShards();
        double[] shares = shares();
        Average how = average;
        List<Long> counts = ParallelTasks.run(
                spark,
                portions,
                Long.class,
                portion -> {
                    long[] ids = shards.rows(of.schema(), portion.shard()).ids();
                    List<float[]> outputs = portion.members().stream()
                            .map(set -> labels.read(set, portion.shard(), ids))
                            .toList();
                    float[] mean = EnsembleModel.mean(
                            outputs, shares, how, portion.own().classes());
                    labels.write(portion.own(), portion.shard(), ids, mean);
                    return (long) ids.length;
                },
                (rows, index) -> progress.accept(rows));
        return LabellingResult.since(
                start,
                dataset,
                requests,
                portions.size(),
                counts.stream().mapToLong(Long::longValue).sum());
    }

    /** What one task averages. */
    private record Portion(Shard shard, LabelSet own, ArrayList<LabelSet> members) implements Serializable {}

    private LabelSet set(String teacher, LabelRequest request, Dataset dataset) {
        return request.sets(teacher, settings.codec().codec(), dataset.schema().classes())
                .get(0);
    }

    @Override
    public void requireUnchanged(Dataset dataset) {
        members.forEach(member -> member.requireUnchanged(dataset));
    }
}
