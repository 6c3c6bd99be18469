package io.retort.compress;

import io.retort.compress.Compressor.UnreachableException;
import io.retort.config.Decimals;
import io.retort.config.PartlyIdle;
import io.retort.config.SettingException;
import io.retort.data.Target;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.network.Shape;
import io.retort.network.Structure;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of one compression stage in a recipe: those of its kind, and those of the fine-tuning after it. */
public interface CompressorSettings extends Serializable, PartlyIdle {
    Compressor create();

    /** The budget of the fine-tuning after each step. */
    TrainingSettings training();

    /** The seed of the stage, beside the student's and the stage's place: above all of the order of samples. */
    long seed();

    /** The losses of the fine-tuning: the student's own where absent; nothing is fine-tuned where empty. */
    Optional<List<LossSettings>> losses();

    AccuracyConstraint floor();

    /**
     * Names of layers that the stage leaves alone. One that no layer has is without effect, for a stage that makes such
     * layers may have been undone.
     */
    default List<String> except() {
        return List.of();
    }

    /** The layers of a structure that the stage may change, in its order. */
    List<String> layers(Structure structure);

    /** The reason why it may change those, after "a layer that", such as {@code may be cut}. */
    default String verb() {
        return "has weights";
    }

    /**
     * The structures that the whole stage may make of a structure: the same one, where it changes numbers only.
     *
     * @throws UnreachableException where it could not reach its target, or would do nothing at all
     */
    default PossibleStructures effect(Structure structure) {
        return PossibleStructures.onNumbersOnly(this, structure);
    }

    /**
     * Layers of the original structure that survive this stage with unchanged output, so that losses of taps may refer
     * to them during fine-tuning.
     */
    default Map<String, Shape> taps(Structure structure) {
        return structure.taps();
    }

    /** The number of times that the stage compresses a little and fine-tunes. */
    default int steps() {
        return 1;
    }

    /** What fine-tuning must do to weights and not every trainer can, in words: "setting weights to 0, ...". */
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

    /**
     * The settings of a stage that rounds for storage and trains nothing: the last one, for a later stage would train
     * and write float32.
     */
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

    /**
     * The score (accuracy, where a label is a class) that a student must keep through a stage, as fractions of 1: on the
     * validation samples, or on the held-out ones where there are no others. A stage that {@link UnreachableException
     * cannot} reach its target breaks its floor too.
     *
     * @param minAccuracy the least accuracy
     * @param maxDrop the most that it may be below the accuracy before the stage
     * @param onBreak the consequence of a lower score
     */
    record AccuracyConstraint(Optional<Double> minAccuracy, Optional<Double> maxDrop, OnBreak onBreak)
            implements Serializable {
        /** The consequence of a broken floor. The network of the stage is not used either way. */
        public enum OnBreak {
            /** The student is what it was before; the stages after are not run. */
            STOP,
            /** The student is what it was before, and the next stage begins there. */
            ROLL_BACK
        }

        public AccuracyConstraint {
            requireFraction("min-accuracy", minAccuracy);
            requireFraction("max-drop", maxDrop);
        }

        /**
         * Whether a stage that changed the accuracy from {@code before} to {@code after} may stay. At the very floor it
         * may.
         */
        public boolean holds(double before, double after) {
            return Decimals.atLeast(after, minAccuracy.orElse(Double.NEGATIVE_INFINITY))
                    && Decimals.atLeast(
                            after, maxDrop.map(drop -> before - drop).orElse(Double.NEGATIVE_INFINITY));
        }

        private static void requireFraction(String key, Optional<Double> value) {
            if (value.isPresent() && !(value.get() >= 0 && value.get() <= 1)) {
                throw new SettingException(key, "must be in [0, 1], was " + value.get());
            }
        }
    }
}
