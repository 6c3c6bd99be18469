package io.retort.label.sparkml;

import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import io.retort.label.Labeller;
import io.retort.label.Labeller.LabelRequest;
import io.retort.label.Labeller.LabellingResult;
import io.retort.network.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Labels rows that classifiers were fitted on by those that did not see them, and all others by the one that saw all.
 * Both kinds of labels lie in the same sets: a shard is one of those that were fitted on, or it is not.
 */
public final class OutOfFoldLabeller implements Labeller {
    private final Set<String> fitted;
    private final Labeller outOfFold;
    private final Labeller whole;

    /**
     * @param fitted the shards whose rows were fitted on
     * @param outOfFold labels these, and {@code whole} all others, under one fingerprint
     */
    OutOfFoldLabeller(List<Shard> fitted, Labeller outOfFold, Labeller whole) {
        this.fitted = fitted.stream().map(Shard::key).collect(Collectors.toSet());
        this.outOfFold = outOfFold;
        this.whole = whole;
    }

    @Override
    public String fingerprint() {
        return whole.fingerprint();
    }

    @Override
    public Map<String, Shape> taps() {
        return Map.of();
    }

    @Override
    public LabellingResult label(Dataset dataset, List<LabelRequest> requests, LongConsumer progress) {
        return outOfFold
                .label(part(dataset, fitted::contains), requests, progress)
                .plus(whole.label(part(dataset, key -> !fitted.contains(key)), requests, progress));
    }

    @Override
    public void requireUnchanged(Dataset dataset) {
        Dataset seen = part(dataset, fitted::contains);
        Dataset others = part(dataset, key -> !fitted.contains(key));
        if (!seen.shards().isEmpty()) {
            outOfFold.requireUnchanged(seen);
        }
        if (!others.shards().isEmpty()) {
            whole.requireUnchanged(others);
        }
    }

    private static Dataset part(Dataset dataset, Predicate<String> keys) {
        return dataset.where(part -> keys.test(part.shard().key()));
    }
}
