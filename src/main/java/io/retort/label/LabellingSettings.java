package io.retort.label;

import io.retort.config.SettingException;
import java.io.Serializable;

/**
 * How a teacher labels.
 *
 * @param codec how its logits are stored
 * @param batchSize samples per call of the teacher
 */
public record LabellingSettings(CodecSettings codec, int batchSize) implements Serializable {
    public LabellingSettings {
        if (batchSize < 1) {
            throw new SettingException("batch-size", "must be >= 1, was " + batchSize);
        }
    }
}
