package io.retort.evaluate;

import io.retort.config.SettingException;
import java.io.Serializable;

/**
 * How networks are evaluated.
 *
 * @param batchSize samples per inference
 * @param topK the k of top-k accuracy
 * @param calibrationBins equally wide bins of confidence for the expected calibration error
 */
public record EvaluationSettings(int batchSize, int topK, int calibrationBins) implements Serializable {
    public EvaluationSettings {
        if (batchSize < 1) {
            throw new SettingException("batch-size", "must be at least 1, was " + batchSize);
        }
        if (topK < 1) {
            throw new SettingException("top-k", "must be at least 1, was " + topK);
        }
        if (calibrationBins < 1) {
            throw new SettingException("calibration-bins", "must be at least 1, was " + calibrationBins);
        }
    }
}
