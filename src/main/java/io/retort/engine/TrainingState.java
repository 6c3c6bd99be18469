package io.retort.engine;

import java.io.Serializable;
import java.util.Arrays;

/**
 * All that a training needs to go on with the same bits.
 *
 * @param parameters in the engine's flat order, running BatchNorm statistics included
 * @param updaterState in the flat order of the updater; empty for one without state
 * @param iteration the number of steps done
 */
@SuppressWarnings("ArrayRecordComponent") // bulk numbers, averaged in place by whoever owns the state; never compared
public record TrainingState(float[] parameters, float[] updaterState, long iteration) implements Serializable {
    /** Tells states of one training apart. */
    public long fingerprint() {
        return (long) Arrays.hashCode(parameters) << 32 ^ Arrays.hashCode(updaterState) ^ iteration;
    }
}
