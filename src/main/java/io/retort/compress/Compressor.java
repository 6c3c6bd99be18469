package io.retort.compress;

import io.retort.config.SettingException;
import io.retort.distill.Engine;
import io.retort.network.Mask;
import io.retort.network.Network;

/**
 * Makes a smaller network of one. It trains nothing; fine-tuning restores the accuracy that it costs.
 *
 * <p>It is a function of its arguments: equal arguments give the same bits, however often a run is begun again. Cutting
 * channels to a measured latency is the exception, since the clock is no argument.
 */
@FunctionalInterface
public interface Compressor {
    /**
     * The smaller network.
     *
     * @throws UnreachableException where the network's weights do not allow the settings; the message has the nearest
     *     that they allow
     */
    Compressed compress(Network network, Context context);

    /**
     * The circumstances of a compression, besides the network.
     *
     * @param original the network before the stage's first step
     * @param mask the weights that earlier stages and steps keep at 0
     * @param step from 1
     * @param steps of this stage; each is followed by fine-tuning
     * @param seed of all that is drawn at random
     * @param calibration samples of the training data
     * @param engine that computes gradients
     */
    record Context(
            Network original, Mask mask, int step, int steps, long seed, Calibration calibration, Engine engine) {
        /** On the usual engine. */
        public Context(Network original, Mask mask, int step, int steps, long seed, Calibration calibration) {
            this(original, mask, step, steps, seed, calibration, Engine.AUTO);
        }

        public Context {
            if (step < 1 || step > steps) {
                throw new IllegalArgumentException("step must be in [1, " + steps + "], was " + step);
            }
        }

        /** The part of the stage that is done after this step, in (0, 1]. */
        public double progress() {
            return (double) step / steps;
        }
    }

    /**
     * A setting demands more than a network of this structure, or with these weights, allows. The problem states the
     * limit.
     */
    final class UnreachableException extends SettingException {
        private static final long serialVersionUID = 1L;

        public UnreachableException(String key, String problem) {
            super(key, problem);
        }
    }
}
