package io.retort.label;

import io.retort.data.encode.EncodedModel;
import io.retort.data.encode.Encoder;
import io.retort.data.encode.OutputReading;
import io.retort.data.tokenize.TokenizedTexts;
import io.retort.engine.onnx.run.ForeignModel;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.engine.onnx.run.OnnxSession.Optimisation;
import io.retort.predict.Model;
import io.retort.predict.ModelFiles;
import io.retort.predict.ModelHandle;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

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
            Optional<TokenizedTexts.Open> tokens = texts.stream().findFirst().map(TokenizedTexts::open);
            return new EncodedModel(predictor, encoders, tokens, reading, maxBatch);
        } catch (RuntimeException e) {
            predictor.close();
            throw e;
        }
    }
}
