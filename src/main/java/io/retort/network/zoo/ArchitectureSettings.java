package io.retort.network.zoo;

import io.retort.network.Shape;
import io.retort.network.ShapeException;
import io.retort.network.Structure;
import io.retort.network.Vocabulary;

/** An architecture with its settings: what remains open is the data's shape and its classes. */
public interface ArchitectureSettings {
    /**
     * The structure for samples of shape {@code input}, whose last node is named {@code logits} and gives {@code [classes]}; the features are
     * used unscaled.
     *
     * @throws ShapeException if the architecture does not take that input; the message says what it takes
     */
    Structure build(Shape input, int classes);

    /**
     * The structure for texts of {@code length} token ids, likewise.
     *
     * @throws ShapeException if the architecture does not take texts, or no such short ones
     */
    default Structure buildForTexts(Vocabulary vocabulary, int length, int classes) {
        throw new ShapeException(
                "architecture '" + Architectures.CATALOGUE.kindOf(this).name()
                        + "' needs images or vectors of numbers, but the samples are texts of " + length
                        + " token ids; 'embedding-bag' and 'text-cnn' take them");
    }

    /** What stands before the blocks of an architecture that was made for large images. */
    public enum Stem {
        /** A 3×3 convolution of stride 1, and two halvings fewer: for images of 28×28 to 64×64. */
        SMALL,
        /** As in the paper, for images of 224×224. */
        IMAGENET
    }
}
