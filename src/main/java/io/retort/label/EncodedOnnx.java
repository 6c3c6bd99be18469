package io.retort.label;

import io.retort.data.encode.EncodedModel;
import io.retort.data.encode.Encoder;
import io.retort.data.encode.OutputReading;
import io.retort.engine.onnx.run.ForeignModel;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.engine.onnx.run.OnnxSession.Optimisation;
import io.retort.predict.Model;
import io.retort.predict.ModelFiles;
import io.retort.predict.ModelHandle;
import java.util.TreeMap;

/**
 * An ONNX model from elsewhere, as executors open it.
 *
 * @param encoders one for each of its inputs, by name
 * @param maxBatch rows that it may see together
 * @param fingerprint of the files and of all that is done before and after them
 */
public record EncodedOnnx(
        ModelFiles files, TreeMap<String, Encoder> encoders, OutputReading reading, int maxBatch, String fingerprint)
        implements ModelHandle {
    @Override
    public Model open(int threads) {
        ForeignModel model = ForeignModel.at(files.onThisMachine());
        Optimisation optimisation = reading.nodeByNode() ? Optimisation.NONE : Optimisation.ALL;
        OnnxPredictor predictor = OnnxPredictor.open(model, reading.outputs(), threads, optimisation);
        return new EncodedModel(predictor, encoders, reading, maxBatch);
    }
}
