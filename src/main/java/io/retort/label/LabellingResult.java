package io.retort.label;

import java.time.Duration;

/**
 * What a labelling pass did. Counts are of (shard, view) pairs.
 *
 * @param labelled pairs that the teacher was shown
 * @param reused pairs whose labels were in the store
 * @param samples (sample, view) pairs that the teacher was shown
 */
public record LabellingResult(long labelled, long reused, long samples, Duration duration) {
    public long shards() {
        return labelled + reused;
    }

    /** What this pass and another did together. */
    public LabellingResult plus(LabellingResult other) {
        return new LabellingResult(
                labelled + other.labelled,
                reused + other.reused,
                samples + other.samples,
                duration.plus(other.duration));
    }
}
