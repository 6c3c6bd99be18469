package io.retort.predict;

/**
 * A model in inference mode that answers for rows as they came: whatever its input tensors need, it makes of the rows
 * itself.
 *
 * <p>One instance serves all tasks of a JVM at once, so both methods must be safe to call from several threads, and
 * {@link #predict} must neither change the model nor depend on earlier calls.
 */
public interface Model extends AutoCloseable {
    /**
     * The values that the model was opened for, of a batch: a classifier's logits, or the values of its taps side by
     * side.
     *
     * @return {@code [rows, width]}; a new array
     */
    float[] predict(RowBatch rows);

    /**
     * Whether it chooses itself which of the rows it computes together, so that it should be given many at once: texts
     * of about the same length need little padding.
     */
    default boolean choosesBatches() {
        return false;
    }

    @Override
    void close();
}
