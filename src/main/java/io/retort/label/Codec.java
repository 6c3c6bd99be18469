package io.retort.label;

import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.data.Target;
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

    /** The settings of one kind of {@link Codec}. */
    interface CodecSettings extends Serializable {
        /** The kinds of codecs. */
        Catalogue<CodecSettings> CATALOGUE = Catalogue.of(
                "codecs",
                CodecSettings.class,
                new Kind<>(
                        "float16",
                        Float16Codec.Settings.class,
                        "all logits in half precision, 2 bytes each",
                        "IEEE 754-2008, binary16"),
                new Kind<>(
                        "float32",
                        Float32Codec.Settings.class,
                        "all logits as they are, 4 bytes each",
                        "IEEE 754-2008, binary32"),
                new Kind<>(
                        "top-k",
                        TopCodec.Settings.class,
                        "the greatest classes and the mass of the rest",
                        "Shen, Xing 2021, A Fast Knowledge Distillation Framework for Visual Recognition, arXiv:2112.01528"));

        Codec codec();

        /**
         * The codec for what a teacher says of such labels.
         *
         * @throws IllegalArgumentException where this kind does not suit them
         */
        default Codec codecFor(Target target) {
            return codec();
        }
    }
}
