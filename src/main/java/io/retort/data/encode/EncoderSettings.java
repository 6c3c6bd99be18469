package io.retort.data.encode;

import io.retort.data.Schema;
import io.retort.predict.TensorSpec;
import io.retort.storage.Fingerprinted;
import java.util.Map;

/**
 * The settings of one kind of {@link Encoder}; their fingerprint is part of the key of labels that are made with it.
 */
public interface EncoderSettings extends Fingerprinted {
    /**
     * The encoder of rows of this schema for an input of a model. What the model's input fixes need not be in the
     * settings.
     *
     * @throws io.retort.config.SettingException where no such rows fit such an input
     */
    Encoder encoder(Schema rows, TensorSpec input);

    /** The same with each other scale that images are often given in, by its divide-by. */
    default Map<Integer, EncoderSettings> otherScales() {
        return Map.of();
    }
}
