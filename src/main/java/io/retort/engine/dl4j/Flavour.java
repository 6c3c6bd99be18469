package io.retort.engine.dl4j;

/** Which layers a network is built of; both compute the same. */
public enum Flavour {
    /** Retort's own layers: several times faster, but a saved DL4J model needs Retort's classes. */
    FUSED,
    /** Only layers that come with DL4J, so that a saved model can be loaded anywhere. */
    STOCK
}
