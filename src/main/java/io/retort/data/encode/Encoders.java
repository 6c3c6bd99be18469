package io.retort.data.encode;

import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;

/** The kinds of encoders, sorted by name. */
public final class Encoders {
    public static final Catalogue<EncoderSettings> CATALOGUE = Catalogue.of(
            "encoders",
            EncoderSettings.class,
            new Kind<>(
                    "image",
                    ImageEncoder.Settings.class,
                    "an image, resized, in the model's channels, layout and scale",
                    "ONNX operators, Resize with half_pixel, https://onnx.ai/onnx/operators/onnx__Resize.html"),
            new Kind<>(
                    "tensor",
                    TensorEncoder.Settings.class,
                    "columns of numbers as they are, or standardised, in the sizes of the input",
                    ""),
            new Kind<>(
                    "text",
                    TextEncoder.Settings.class,
                    "columns of texts as they are, for a model that takes strings",
                    "ONNX, tensor(string), https://onnx.ai/onnx/intro/concepts.html"));

    private Encoders() {}
}
