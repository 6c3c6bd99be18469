package io.retort.compress;

import io.retort.network.Mask;
import io.retort.network.Network;

/**
 * What a compressor may know besides the network.
 *
 * @param original the network before the stage's first step
 * @param mask the weights that earlier stages and steps keep at 0
 * @param step from 1
 * @param steps of this stage; each is followed by fine-tuning
 * @param seed of all that is drawn at random
 * @param calibration samples of the training data
 */
public record CompressionContext(Network original, Mask mask, int step, int steps, long seed, Calibration calibration) {
    public CompressionContext {
        if (step < 1 || step > steps) {
            throw new IllegalArgumentException("step must be in [1, " + steps + "], was " + step);
        }
    }

    /** The part of the stage that is done after this step, in (0, 1]. */
    public double progress() {
        return (double) step / steps;
    }
}
