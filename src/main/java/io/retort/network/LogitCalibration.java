package io.retort.network;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * Calibration of a classifier's logits: {@code logits / temperature + biases}, whose softmax is meant to be right as
 * often as it says (Guo et al. 2017, sections 4.2 and 4.3, arXiv:1706.04599).
 *
 * @param temperature above 0; 1 leaves the logits as they are, more makes the network less sure
 * @param biases by class; none where all are 0
 */
public record LogitCalibration(double temperature, List<Double> biases) implements Serializable {
    public LogitCalibration {
        biases = List.copyOf(biases);
        if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("temperature must be finite and > 0, was " + temperature);
        }
        if (!biases.stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("biases must be finite, were " + biases);
        }
    }

    /** The calibrated logits, in float32 as a runtime computes them; rows of one logit for each class. */
    public float[] of(float[] logits) {
        float[] calibrated = Arrays.copyOf(logits, logits.length);
        for (int i = 0; i < logits.length; i++) {
            calibrated[i] /= (float) temperature;
            if (!biases.isEmpty()) {
                calibrated[i] += biases.get(i % biases.size()).floatValue();
            }
        }
        return calibrated;
    }
}
