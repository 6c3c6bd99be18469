package io.retort.engine;

/** Computes logits, with any engine. */
@FunctionalInterface
public interface Logits {
    /**
     * The logits of a batch.
     *
     * @param rawFeatures unscaled features of {@code batch} samples, one after the other; further values are not read
     * @return {@code [batch, classes]}, row by row
     */
    float[] logits(float[] rawFeatures, int batch);
}
