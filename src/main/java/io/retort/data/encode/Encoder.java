package io.retort.data.encode;

import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.data.Schema;
import io.retort.predict.BatchTensor;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.predict.RowBatch;
import io.retort.storage.Digest.Fingerprinted;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * Makes the values of one input of a model from the columns of a row. It is immutable: any number of threads may use
 * it, and it travels to executors.
 */
public interface Encoder extends Serializable {
    /** The sizes of what it makes of a row, none of them open. */
    List<Integer> sizes();

    /** Encodes rows in memory of its own: one thread at a time may use it. */
    Work work();

    /** An encoder at work. */
    @FunctionalInterface
    interface Work {
        /** Writes a row of a batch to row {@code at} of the tensor. */
        void encode(RowBatch rows, int row, BatchTensor into, int at);
    }

    /**
     * The settings of one kind of {@link Encoder}; their fingerprint is part of the key of labels that are made with
     * it.
     */
    interface EncoderSettings extends Fingerprinted {
        /** The kinds of encoders, sorted by name. */
        Catalogue<EncoderSettings> CATALOGUE = Catalogue.of(
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

        /**
         * The encoder of rows of this schema for an input of a model. What the model's input fixes need not be in the
         * settings.
         *
         * @throws io.retort.config.SettingException where no such rows fit such an input
         */
        Encoder encoder(Schema rows, TensorSpec input);

        /** The same with each other scale that images are often given in, by its divide-by. */
        default Map<Integer, EncoderSettings> otherScales() {
            return Map.of();
        }
    }
}
