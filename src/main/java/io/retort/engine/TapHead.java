package io.retort.engine;

import java.io.Serializable;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * A loss at a node of the network, beside that of its logits.
 *
 * @param tap the node
 * @param connectorOutputs the channels that a learned connector (a 1×1 convolution with bias, or a dense layer for
 *     vectors) gives the node's output before the loss sees it; without a connector where empty
 * @param seed of the connector
 */
public record TapHead(String tap, OptionalInt connectorOutputs, long seed, Loss objective) {
    /** The loss of the features at the tap. */
    @FunctionalInterface
    public interface Loss extends Serializable {
        /**
         * Returns the mean loss of the batch, weighted, and adds its gradient by the student's features to
         * {@code gradient}.
         *
         * @param student row-major, {@code [batch, channels, height, width]} or {@code [batch, features]}; behind the
         *     connector where there is one
         * @param teacher {@code [batch, as many values as the batch's labels have]}
         */
        double evaluate(int batch, double[] student, double[] teacher, double[] gradient);
    }

    /** The connector's weights before training, with variance 1 / inputs (LeCun et al. 1998, section 4.6). */
    public float[] connectorWeights(int inputs) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] weights = new float[inputs * connectorOutputs.orElseThrow()];
        double deviation = Math.sqrt(1.0 / inputs);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (deviation * random.nextGaussian());
        }
        return weights;
    }
}
