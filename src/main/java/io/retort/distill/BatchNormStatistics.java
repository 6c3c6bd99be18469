package io.retort.distill;

import io.retort.network.ChannelMoments;
import io.retort.network.Network;
import io.retort.network.Tensor;
import java.io.Serializable;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The moments of the values before each BatchNorm, over some samples.
 *
 * @param moments by the BatchNorm's name
 */
record BatchNormStatistics(Map<String, ChannelMoments> moments) implements Serializable {
    BatchNormStatistics {
        moments = new LinkedHashMap<>(moments);
    }

    /** The network with mean and variance over the samples of all shares, each sample weighing the same. */
    static Network pool(Network network, List<BatchNormStatistics> shares) {
        Map<String, Tensor> parameters = new HashMap<>(network.parameters());
        for (String norm : shares.get(0).moments().keySet()) {
            ChannelMoments pooled = shares.stream()
                    .map(share -> share.moments().get(norm))
                    .reduce(ChannelMoments::plus)
                    .orElseThrow();
            parameters.put(norm + "/mean", pooled.means());
            parameters.put(norm + "/variance", pooled.variances());
        }
        return new Network(network.structure(), parameters);
    }
}
