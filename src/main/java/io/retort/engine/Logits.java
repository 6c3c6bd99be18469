package io.retort.engine;

/** Something that gives logits, whatever engine computes them. */
@FunctionalInterface
public interface Logits {
    /**
     * The logits of a batch.
     *
     * @param rawFeatures unscaled features of {@code batch} samples, one after the other; what follows them is not read
     * @return {@code [batch, classes]}, row by row
     */
    float[] logits(float[] rawFeatures, int batch);
}
