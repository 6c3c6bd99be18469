package io.retort.compress;

import io.retort.compress.Compressor.UnreachableException;
import io.retort.config.PartlyIdle;
import io.retort.data.Target;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.network.Shape;
import io.retort.network.Structure;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of one compression stage in a recipe: those of its kind, and how what it takes is won back. */
public interface CompressorSettings extends Serializable, PartlyIdle {
    Compressor create();

    /** The budget of the fine-tuning after each step. */
    TrainingSettings training();

    /** With the student's seed and the stage's place, what the stage draws at random: the order of samples in fine-tuning, above all. */
    long seed();

    /** What fine-tuning minimises: the student's own losses where it is not given; nothing is fine-tuned where it is empty. */
    Optional<List<LossSettings>> losses();

    AccuracyConstraint floor();

    /** Names of layers that the stage leaves alone. One that no layer has is without effect, for a stage that makes such layers may have been undone. */
    List<String> except();

    /** The layers of a structure that the stage may change, in its order. */
    List<String> layers(Structure structure);

    /** What it may do to those, after "a layer that", such as {@code may be cut}. */
    String verb();

    /**
     * What the whole stage makes of a structure, as far as it can be told without weights.
     *
     * @throws UnreachableException where it could not do what it is asked to, or would do nothing at all
     */
    PossibleStructures effect(Structure structure);

    /** What losses of taps may name in the stage's fine-tuning, of a structure as it was before: what is there then, and gives what it gave. */
    default Map<String, Shape> taps(Structure structure) {
        return structure.taps();
    }

    /** How many times the stage compresses a little and fine-tunes. */
    default int steps() {
        return 1;
    }

    /** What fine-tuning must do to weights, where not every trainer can, in words: "setting weights to 0, ...". */
    default Optional<String> constraint() {
        return Optional.empty();
    }

    /** Whether it measures times of its own, which other work on the machine would disturb. */
    default boolean measuresLatency() {
        return false;
    }

    /** The setting by which it needs labels of training samples; nothing where it needs none. */
    default Optional<String> labelsFor(Target target) {
        return Optional.empty();
    }

    /** Whether no stage may follow, since it would undo this one. */
    default boolean isLast() {
        return false;
    }

    /** A stage that fine-tunes nothing has no budget for it. */
    @Override
    default Map<String, String> idle() {
        return losses().filter(List::isEmpty).isPresent()
                ? Map.of("training", "losses is [], so nothing is fine-tuned")
                : Map.of();
    }

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
}
