package io.retort.label;

import io.retort.data.encode.EncodedModel;
import io.retort.data.encode.EncodedModel.OutputReading;
import io.retort.data.encode.Encoder;
import io.retort.data.encode.Encoder.EncoderSettings;
import io.retort.data.tokenize.TokenizedTexts;
import io.retort.engine.onnx.run.ForeignModel;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.engine.onnx.run.OnnxSession.Optimisation;
import io.retort.predict.Model;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.ModelFiles;
import io.retort.storage.Digest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An ONNX file from elsewhere, and how its inputs are made of rows.
 *
 * @param inputs by the name of the model's input
 * @param texts what makes the inputs of tokens; none, or one
 */
public record EncodedFile(ModelFiles files, Map<String, Input> inputs, List<TokenizedTexts> texts, Together together) {
    /** How an input is made: the settings, and what they become for these rows and this model. */
    public record Input(EncoderSettings settings, Encoder encoder) {}

    /** Which rows the model sees together. */
    public enum Together {
        /** Those of a batch, whose neighbours do not matter. */
        BATCH,
        /** None: each row alone. */
        NONE
    }

    public EncodedFile {
        texts = List.copyOf(texts);
    }

    /** The same with another input of that name. */
    public EncodedFile with(String name, Input input) {
        Map<String, Input> others = new TreeMap<>(inputs);
        others.put(name, input);
        return new EncodedFile(files, others, texts, together);
    }

    /** The same where the model sees other rows together. */
    public EncodedFile with(Together other) {
        return new EncodedFile(files, inputs, texts, other);
    }

    /** What executors open to read some outputs. */
    public ModelHandle reading(OutputReading reading) {
        TreeMap<String, Encoder> encoders = new TreeMap<>();
        Digest digest = new Digest().add("encoded-onnx/2").add(files.digest()).add(inputs.size());
        new TreeMap<>(inputs).forEach((name, input) -> {
            encoders.put(name, input.encoder());
            digest.add(name).add(input.settings());
        });
        texts.forEach(digest::add);
        boolean alone = together == Together.NONE;
        String fingerprint =
                digest.add(reading).add(alone ? "each row alone" : "in batches").key();
        return new EncodedOnnx(files, encoders, texts, reading, alone ? 1 : Integer.MAX_VALUE, fingerprint);
    }

    /**
     * An ONNX model from elsewhere, as executors open it.
     *
     * @param encoders one for each of its inputs that is not made of tokens, by name
     * @param texts what makes its inputs of tokens; none where it has no such inputs
     * @param maxBatch rows that it may see together
     * @param fingerprint of the files and of all that is done before and after them
     */
    public record EncodedOnnx(
            ModelFiles files,
            TreeMap<String, Encoder> encoders,
            List<TokenizedTexts> texts,
            OutputReading reading,
            int maxBatch,
            String fingerprint)
            implements ModelHandle {
        public EncodedOnnx {
            texts = List.copyOf(texts);
        }

        @Override
        public Model open(int threads) {
            ForeignModel model = ForeignModel.at(files.onThisMachine());
            Optimisation optimisation = reading.nodeByNode() ? Optimisation.NONE : Optimisation.ALL;
            OnnxPredictor predictor = OnnxPredictor.open(model, reading.outputs(), threads, optimisation);
            try {
                Optional<TokenizedTexts.Open> tokens =
                        texts.stream().findFirst().map(TokenizedTexts::open);
                return new EncodedModel(predictor, encoders, tokens, reading, maxBatch);
            } catch (RuntimeException e) {
                predictor.close();
                throw e;
            }
        }
    }
}
