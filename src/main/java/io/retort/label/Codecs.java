package io.retort.label;

import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;

/** The kinds of codecs. */
public final class Codecs {
    public static final Catalogue<CodecSettings> CATALOGUE = Catalogue.of(
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

    private Codecs() {}
}
