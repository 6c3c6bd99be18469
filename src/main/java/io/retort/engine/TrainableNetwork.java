package io.retort.engine;

import io.retort.network.ChannelMoments;
import io.retort.network.Mask;
import io.retort.network.Network;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * A network in training.
 *
 * <p>Features are scaled already: {@code [batch, channels, height, width]} or {@code [batch, features]}, row-major; the
 * batch may differ from call to call. Not safe for use by several threads at once; several networks may be trained at
 * once, each by its own thread.
 */
public interface TrainableNetwork extends AutoCloseable {
    /** How many values a gradient has: as many as {@link TrainingState#parameters}. */
    int gradientLength();

    /**
     * The gradient of the mean loss of a part of a batch, without a step. Those of all parts, each weighted by its
     * share of the batch's rows, add up to the gradient of the batch's mean loss, which {@link #update(float[])} takes.
     * The gradient of a running statistic is the value to subtract from it.
     *
     * @param weight that the values are multiplied by
     * @param gradient is written, from its first element on
     * @return the mean loss of the part
     */
    double gradient(Batch part, float weight, float[] gradient);

    /** One optimiser step by the gradient of a batch's mean loss. */
    void update(float[] gradient);

    /** One optimiser step on a batch; returns the mean loss before the step, without weight decay and penalty. */
    double step(Batch batch);

    /** Logits {@code [batch, classes]} in inference mode. */
    float[] logits(float[] features, int batch);

    /** The network with its present parameters. */
    Network network();

    /** All that is needed to go on later with the same bits. */
    TrainingState state();

    /** Takes over a state of a network of the same structure and updater in the same engine. */
    void restore(TrainingState state);

    /** Forgets BatchNorm's running statistics; the batches given to {@link #observe} from now on replace them. */
    void beginStatistics();

    /**
     * Runs a batch in training mode without a step, and sets BatchNorm's running mean and (biased) variance to those of
     * the values before it over all samples observed since {@link #beginStatistics}, each sample with the same weight.
     * The output of earlier BatchNorms is normalised by each batch's own statistics.
     */
    void observe(float[] features, int batch);

    /** The moments of the input of each BatchNorm, by its name, since {@link #beginStatistics}. */
    Map<String, ChannelMoments> statistics();

    /**
     * Keeps the weights of a mask at 0, from the next step on. They are set to 0 after each step, so that momentum,
     * running moments and weight decay do not move them.
     */
    TrainableNetwork keeping(Mask mask);

    /**
     * Minimises {@code λ · Σ |scale|} with the loss, from the next step on, over the scales of all BatchNorms (network
     * slimming: Liu et al. 2017, section 3, arXiv:1708.06519). Its subgradient, {@code λ · sign(scale)} and 0 where a
     * scale is 0, is added to the gradient that the updater is given.
     */
    TrainableNetwork penalisingScales(double lambda);

    /** Frees native memory. */
    @Override
    void close();

    /** What a network is trained to minimise at its logits. */
    interface LogitsLoss extends Serializable {
        /**
         * Returns the mean loss of some rows and adds its gradient by the logits to {@code gradient}.
         *
         * @param logits {@code [rows, classes]}, row-major
         * @param targets of the rows, one after the other, as {@link Batch#targets} has them
         * @param iteration the optimiser steps behind, with which weights and temperatures may move
         */
        double evaluate(int rows, double[] logits, double[] targets, double[] gradient, int iteration);
    }

    /**
     * A loss at a node of the network, beside that of its logits.
     *
     * @param tap the node
     * @param connectorOutputs the channels that a learned connector (a 1×1 convolution with bias, or a dense layer for
     *     vectors) gives the node's output before the loss sees it; without a connector where empty
     * @param seed of the connector
     */
    record TapHead(String tap, OptionalInt connectorOutputs, long seed, Loss objective) {
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

    /**
     * All that a training needs to go on with the same bits.
     *
     * @param parameters in the engine's flat order, running BatchNorm statistics included
     * @param updaterState in the flat order of the updater; empty for one without state
     * @param iteration the number of steps done
     */
    @SuppressWarnings(
            "ArrayRecordComponent") // bulk numbers, averaged in place by whoever owns the state; never compared
    record TrainingState(float[] parameters, float[] updaterState, long iteration) implements Serializable {
        /** Tells states of one training apart. */
        public long fingerprint() {
            return (long) Arrays.hashCode(parameters) << 32 ^ Arrays.hashCode(updaterState) ^ iteration;
        }
    }

    /** Computes logits, with any engine. */
    @FunctionalInterface
    interface Logits {
        /**
         * The logits of a batch.
         *
         * @param rawFeatures unscaled features of {@code batch} samples, one after the other; further values are not
         *     read
         * @return {@code [batch, classes]}, row by row
         */
        float[] logits(float[] rawFeatures, int batch);
    }

    /** The numbers in which a training computes and keeps the values of images; all else is always float32. */
    enum Precision {
        FLOAT32(4),
        /** Floats without the lower half of their bits: 8 bits of exponent, 7 of fraction (Kalamkar et al. 2019, arXiv:1905.12322). */
        BFLOAT16(2);

        private final int bytes;

        Precision(int bytes) {
            this.bytes = bytes;
        }

        /** Of one number. */
        public int bytes() {
            return bytes;
        }
    }
}
