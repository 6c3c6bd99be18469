package io.retort.compress.quantize.round;

/** What is done to a network's parameters so that rounding takes less of its accuracy. */
public enum Correction {
    /** Scales of neighbouring layers are made alike, which rounding by layer needs. */
    CROSS_LAYER_EQUALISATION,
    /** The mean of the rounding error is taken from each bias. */
    BIAS_CORRECTION
}
