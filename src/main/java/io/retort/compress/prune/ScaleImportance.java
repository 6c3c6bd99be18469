package io.retort.compress.prune;

import io.retort.compress.CompressionContext;
import io.retort.compress.UnreachableException;
import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.Node;
import io.retort.network.Structure;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Judges a channel by {@code |scale|} of the BatchNorms that it goes through, their sum (network slimming: Liu et al. 2017, arXiv:1708.06519). */
final class ScaleImportance implements Importance {
    @Override
    public Map<Integer, Double> scores(Network network, ChannelDependencies layout, CompressionContext context) {
        Map<Integer, Double> scores = new HashMap<>();
        for (Node node : network.structure().nodes()) {
            if (node.layer() instanceof Layer.BatchNorm) {
                int[] units = layout.units(node.name());
                float[] scale = network.parameter(node.parameter("scale")).values();
                for (int c = 0; c < scale.length; c++) {
                    scores.merge(units[c], (double) Math.abs(scale[c]), Double::sum);
                }
            }
        }
        return scores;
    }

    @Override
    public void requireScores(Structure structure, ChannelDependencies layout, List<ChannelDependencies.Group> groups) {
        Set<Integer> scored = new HashSet<>();
        for (Node node : structure.nodes()) {
            if (node.layer() instanceof Layer.BatchNorm) {
                Arrays.stream(layout.units(node.name())).forEach(scored::add);
            }
        }
        for (ChannelDependencies.Group group : groups) {
            if (!scored.containsAll(group.units())) {
                throw new UnreachableException(
                        "importance",
                        "batch-norm-scale needs a BatchNorm after every layer that may be cut, and " + group.name()
                                + " has none; choose l1, l2 or fpgm, or name it in except");
            }
        }
    }
}
