package io.retort.compress.prune;

import io.retort.compress.CompressionContext;
import io.retort.compress.UnreachableException;
import io.retort.network.Network;
import io.retort.network.Structure;
import java.util.List;
import java.util.Map;

/** How much the network would miss each channel. */
@FunctionalInterface
interface Importance {
    /**
     * The importance of every unit of the groups that {@link #requireScores} lets pass, at least 0; what is least important is cut first. Only the order within a group matters, and across groups the
     * relation to the group's mean.
     */
    Map<Integer, Double> scores(Network network, ChannelDependencies layout, CompressionContext context);

    /**
     * Refuses groups that it could not judge, whatever the weights.
     *
     * @throws UnreachableException that names one
     */
    default void requireScores(
            Structure structure, ChannelDependencies layout, List<ChannelDependencies.Group> groups) {}
}
