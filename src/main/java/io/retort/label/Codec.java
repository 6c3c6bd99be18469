package io.retort.label;

import java.io.Serializable;

/** How logits are stored. Every sample takes the same number of bytes. */
public interface Codec extends Serializable {
    /** The codec with those of its settings that change what is stored: part of a name in a store. */
    String name();

    /** What a stored value is, for messages: {@code the logit of class 3}. */
    default String describe(int value) {
        return "the logit of class " + value;
    }

    /**
     * Stores logits.
     *
     * @param logits {@code [samples, classes]}, finite
     */
    byte[] encode(float[] logits, int classes);

    /**
     * The stored logits, or others with nearly the same softmax.
     *
     * @return {@code [samples, classes]}
     */
    float[] decode(byte[] stored, int classes);
}
