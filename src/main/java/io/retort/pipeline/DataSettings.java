package io.retort.pipeline;

import io.retort.config.PartlyIdle;
import io.retort.config.SettingException;
import io.retort.data.ReaderSettings;
import io.retort.data.Readers;
import io.retort.data.TextReader;
import java.util.Map;
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
        long viewSeed)
        implements PartlyIdle {
    /** How raw features are scaled; the scaling becomes part of each network. */
    public enum Scaling {
        /** To mean 0 and deviation 1 per channel over the training samples. */
        STANDARDISE,
        /** Not at all. */
        NONE
    }

    public DataSettings {
        if (samplesPerShard < 1 || samplesPerShard > 1_000_000) {
            throw new SettingException("samples-per-shard", "must be in [1, 1000000], was " + samplesPerShard);
        }
        requireTexts(train, test, scaling);
    }

    @Override
    public Map<String, String> idle() {
        return hasTexts() ? Map.of("test.vocabulary", "held-out texts have the training texts' vocabulary") : Map.of();
    }

    /** The same of other sources. */
    DataSettings with(ReaderSettings otherTrain, ReaderSettings otherTest) {
        return new DataSettings(fetch, otherTrain, otherTest, samplesPerShard, scaling, viewSeed);
    }

    /** Whether samples are texts. */
    public boolean hasTexts() {
        return train instanceof TextReader.Settings;
    }

    private static void requireTexts(ReaderSettings train, ReaderSettings test, Scaling scaling) {
        if (!(train instanceof TextReader.Settings texts)) {
            if (test instanceof TextReader.Settings) {
                throw new SettingException("test", "must not be of kind text, for train is of kind " + kind(train));
            }
            return;
        }
        if (!(test instanceof TextReader.Settings heldOut)) {
            throw new SettingException("test", "must be of kind text, as train is, was " + kind(test));
        }
        if (scaling != Scaling.NONE) {
            throw new SettingException(
                    "scaling", "must be none for texts, for token ids are names and not amounts, was standardise");
        }
        if (heldOut.vocabularyFile().isPresent() && !heldOut.vocabularyFile().equals(texts.vocabularyFile())) {
            throw new SettingException(
                    "test",
                    "must have the vocabulary-file of train or none, for held-out texts"
                            + " have the training texts' vocabulary, was "
                            + heldOut.vocabularyFile().get());
        }
    }

    private static String kind(ReaderSettings reader) {
        return Readers.CATALOGUE.kindOf(reader).name();
    }
}
