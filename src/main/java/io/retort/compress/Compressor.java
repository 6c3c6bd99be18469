package io.retort.compress;

import io.retort.network.Network;

/**
 * Makes a smaller network of one. It trains nothing; what it takes of accuracy, fine-tuning gives back.
 *
 * <p>It is a function of its arguments: equal arguments give the same bits, on every machine and however often a run is begun again.
 */
@FunctionalInterface
public interface Compressor {
    /**
     * The smaller network.
     *
     * @throws IllegalArgumentException where the settings do not fit the network; the message says what would
     */
    Compressed compress(Network network, CompressionContext context);
}
