package io.retort.teacher;

/**
 * A model in inference mode that says what it thinks of samples.
 *
 * <p>One instance serves all tasks of a JVM at once, so both methods must be safe to call from several threads, and
 * {@link #logits} must neither change the teacher nor depend on what it was asked before.
 */
public interface Teacher extends AutoCloseable {
    /**
     * The logits of a batch.
     *
     * @param rawFeatures {@code [batch, elements of the shape]}, unscaled, one sample after the other; it may be longer, and what
     *     lies behind the batch is not looked at; it is not written to
     * @return {@code [batch, classes]}, unnormalised log-probabilities; a new array
     */
    float[] logits(float[] rawFeatures, int batch);

    @Override
    void close();
}
