package io.retort.compress;

import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/** The settings of one compression stage in a recipe: those of its kind, and how what it takes is won back. */
public interface CompressorSettings extends Serializable {
    Compressor create();

    /** The budget of the fine-tuning after each step. */
    TrainingSettings training();

    /** What fine-tuning minimises: the student's own losses where it is not given; nothing is fine-tuned where it is empty. */
    Optional<List<LossSettings>> losses();

    Floor floor();

    /** How many times the stage compresses a little and fine-tunes. */
    default int steps() {
        return 1;
    }

    /** What fine-tuning must do to weights, where not every trainer can, in words: "setting weights to 0, ...". */
    default Optional<String> constraint() {
        return Optional.empty();
    }

    /** Whether no stage may follow, since it would undo this one. */
    default boolean isLast() {
        return false;
    }
}
