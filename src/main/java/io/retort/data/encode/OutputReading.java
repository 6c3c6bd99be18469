package io.retort.data.encode;

import io.retort.data.tokenize.TokenBatch;
import io.retort.predict.Predictor.Outputs;
import io.retort.storage.Digest.Fingerprinted;
import java.io.Serializable;
import java.util.List;

/** What is made of a predictor's outputs. */
public interface OutputReading extends Serializable, Fingerprinted {
    /** The outputs that are read, by name. */
    List<String> outputs();

    /** {@code [rows, width]}; a new array, or that of an output. */
    float[] read(Outputs outputs);

    /** The same where the model has read texts of these tokens, in this order. */
    default float[] read(Outputs outputs, TokenBatch texts) {
        return read(outputs);
    }

    /**
     * Whether its values must have the same bits whatever else is read of the model: it is then run node by node, as it
     * stands.
     */
    boolean nodeByNode();
}
