package io.retort.compress.prune;

import io.retort.compress.CompressionContext;
import io.retort.network.Network;
import java.util.Map;

/** How much the network would miss each channel. */
@FunctionalInterface
interface Importance {
    /**
     * The importance of every unit, at least 0; what is least important is cut first. Only the order within a group matters, and across groups the
     * relation to the group's mean.
     */
    Map<Integer, Double> scores(Network network, ChannelLayout layout, CompressionContext context);
}
