package io.retort.label.sparkml;

import io.retort.data.shard.Dataset;
import io.retort.label.LabelRequest;
import io.retort.label.Labeller;
import io.retort.label.LabellingResult;
import io.retort.network.Shape;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Makes the features of rows that the store lacks, and then labels by a classifier that reads them there.
 *
 * @param features gives features of rows as they are
 * @param classifier labels rows with their features
 */
record FeaturesFirst(Labeller features, Labeller classifier) implements Labeller {
    @Override
    public String fingerprint() {
        return classifier.fingerprint();
    }

    @Override
    public Map<String, Shape> taps() {
        return Map.of();
    }

    /** What takes time is the features, so progress is theirs, and that of rows that had them. */
    @Override
    public LabellingResult label(Dataset dataset, List<LabelRequest> requests, LongConsumer progress) {
        AtomicLong ahead = new AtomicLong();
        LabellingResult made = features.label(dataset, List.of(LabelRequest.plain()), rows -> {
            ahead.addAndGet(rows);
            progress.accept(rows);
        });
        LabellingResult labelled = classifier.label(dataset, requests, rows -> {
            long behind = Math.max(0, rows - ahead.getAndUpdate(left -> Math.max(0, left - rows)));
            if (behind > 0) {
                progress.accept(behind);
            }
        });
        return new LabellingResult(
                labelled.labelled(),
                labelled.reused(),
                labelled.samples(),
                labelled.duration().plus(made.duration()));
    }

    @Override
    public void requireUnchanged(Dataset dataset) {
        features.requireUnchanged(dataset);
        classifier.requireUnchanged(dataset);
    }
}
