package io.retort.compress;

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
    Compressed compress(Network network, CompressionContext context);
}
