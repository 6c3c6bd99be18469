package io.retort.predict;

import java.util.Map;

/**
 * A batch for a {@link Predictor}.
 *
 * @param rows of the batch; tensors may have room for more
 * @param tensors one for each input, by its name
 */
public record Inputs(int rows, Map<String, BatchTensor> tensors) {
    public Inputs {
        if (rows < 1) {
            throw new IllegalArgumentException("a batch must have at least one row, was " + rows);
        }
        tensors = Map.copyOf(tensors);
    }
}
