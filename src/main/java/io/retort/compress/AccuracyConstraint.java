package io.retort.compress;

import io.retort.compress.Compressor.UnreachableException;
import io.retort.config.Decimals;
import io.retort.config.SettingException;
import java.io.Serializable;
import java.util.Optional;

/**
 * The score (accuracy, where a label is a class) that a student must keep through a stage, as fractions of 1: on the
 * validation samples, or on the held-out ones where there are no others. A stage that {@link UnreachableException
 * cannot} reach its target breaks its floor too.
 *
 * @param minAccuracy the least accuracy
 * @param maxDrop the most that it may be below the accuracy before the stage
 * @param onBreak the consequence of a lower score
 */
public record AccuracyConstraint(Optional<Double> minAccuracy, Optional<Double> maxDrop, OnBreak onBreak)
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
                && Decimals.atLeast(after, maxDrop.map(drop -> before - drop).orElse(Double.NEGATIVE_INFINITY));
    }

    private static void requireFraction(String key, Optional<Double> value) {
        if (value.isPresent() && !(value.get() >= 0 && value.get() <= 1)) {
            throw new SettingException(key, "must be in [0, 1], was " + value.get());
        }
    }
}
