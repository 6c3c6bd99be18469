package io.retort.network.zoo;

/** What stands before the blocks of an architecture that was made for large images. */
public enum Stem {
    /** A 3×3 convolution of stride 1, and two halvings fewer: for images of 28×28 to 64×64. */
    SMALL,
    /** As in the paper, for images of 224×224. */
    IMAGENET
}
