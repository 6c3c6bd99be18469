package io.retort.predict;

import java.util.List;

/**
 * A model in inference mode: named tensors in, named tensors out.
 *
 * <p>Any number of threads may use it at once. An answer depends on nothing but its batch.
 */
public interface Predictor extends AutoCloseable {
    /** What a batch must have, in the model's order. */
    List<TensorSpec> inputs();

    /** What it gives, in the order in which it was asked for. */
    List<TensorSpec> outputs();

    /**
     * Runs the model.
     *
     * @param inputs a tensor for each of {@link #inputs}, read only
     * @throws io.retort.storage.ArtifactException where the model fails on it
     */
    Outputs predict(Inputs inputs);

    /** Waits for running calls; later ones fail. */
    @Override
    void close();
}
