package io.retort.compress.quantize;

import io.retort.compress.CompressorSettings;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import java.util.List;
import java.util.Optional;

/** Of a stage that rounds for storage and trains nothing: the last one, for a stage after it would train and write float32. */
interface PostTrainingSettings extends CompressorSettings {
    /** None is spent. */
    @Override
    default TrainingSettings training() {
        throw new UnsupportedOperationException("a stage that rounds for storage trains nothing");
    }

    /** Nothing is drawn. */
    @Override
    default long seed() {
        return 0;
    }

    /** Nothing is fine-tuned. */
    @Override
    default Optional<List<LossSettings>> losses() {
        return Optional.of(List.of());
    }

    @Override
    default boolean isLast() {
        return true;
    }
}
