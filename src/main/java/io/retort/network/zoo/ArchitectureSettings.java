package io.retort.network.zoo;

import io.retort.network.Shape;
import io.retort.network.ShapeException;
import io.retort.network.Structure;

/** An architecture with its settings: what remains open is the data's shape and its classes. */
public interface ArchitectureSettings {
    /**
     * The structure for samples of shape {@code input}, whose last node is named {@code logits} and gives {@code [classes]}; the features are
     * used unscaled.
     *
     * @throws ShapeException if the architecture does not take that input; the message says what it takes
     */
    Structure build(Shape input, int classes);
}
