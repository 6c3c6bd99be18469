package io.retort.compress;

import io.retort.config.SettingException;
import io.retort.network.Mask;
import io.retort.network.Network;

/**
 * Makes a smaller network of one. It trains nothing; what it takes of accuracy, fine-tuning gives back.
 *
 * <p>It is a function of its arguments: equal arguments give the same bits, however often a run is begun again. Channels that are cut to a measured latency
 * are the exception, since a clock is none of the arguments.
 */
@FunctionalInterface
public interface Compressor {
    /**
     * The smaller network.
     *
     * @throws UnreachableException where the network's weights do not allow what the settings ask for; the message says what they would
     */
    Compressed compress(Network network, Context context);

    /**
     * What a compressor may know besides the network.
     *
     * @param original the network before the stage's first step
     * @param mask the weights that earlier stages and steps keep at 0
     * @param step from 1
     * @param steps of this stage; each is followed by fine-tuning
     * @param seed of all that is drawn at random
     * @param calibration samples of the training data
     */
    record Context(Network original, Mask mask, int step, int steps, long seed, Calibration calibration) {
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

    /** A setting asks for more than a network of this structure, or with these weights, allows. The problem says how far it goes. */
    final class UnreachableException extends SettingException {
        private static final long serialVersionUID = 1L;

        public UnreachableException(String key, String problem) {
            super(key, problem);
        }
    }
}
