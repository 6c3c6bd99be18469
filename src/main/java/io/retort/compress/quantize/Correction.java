package io.retort.compress.quantize;

/** What is done to a network's parameters so that rounding takes less of its accuracy. */
public enum Correction {
    /** {@link CrossLayerEqualisation}. */
    CROSS_LAYER_EQUALISATION,
    /** {@link BiasCorrection}. */
    BIAS_CORRECTION
}
