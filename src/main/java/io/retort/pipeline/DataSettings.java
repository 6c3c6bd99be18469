package io.retort.pipeline;

import io.retort.data.ReaderSettings;
import java.util.Optional;

/**
 * Where the samples come from.
 *
 * @param fetch a data set that {@code submit-scripts/fetch-data} knows; the launcher fetches it before the run
 * @param train what teacher and students learn from
 * @param test held out; every figure in a report is of these samples
 * @param samplesPerShard the unit of labelling, caching and averaging
 * @param scaling how raw features become a network's input
 * @param viewSeed seeds the augmentations
 */
public record DataSettings(
        Optional<String> fetch,
        ReaderSettings train,
        ReaderSettings test,
        int samplesPerShard,
        Scaling scaling,
        long viewSeed) {
    /** How raw features are scaled; the scaling becomes part of each network. */
    public enum Scaling {
        /** To mean 0 and deviation 1 per channel over the training samples. */
        STANDARDISE,
        /** Not at all. */
        NONE
    }

    public DataSettings {
        if (samplesPerShard < 1 || samplesPerShard > 1_000_000) {
            throw new IllegalArgumentException("samples-per-shard must be in [1, 1000000], was " + samplesPerShard);
        }
    }
}
