package io.retort.compress.prune;

import io.retort.compress.Compressor;
import io.retort.compress.Compressor.UnreachableException;
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
import java.util.SplittableRandom;

/** How much the network would miss each channel. */
@FunctionalInterface
interface Importance {
    /**
     * The importance of every unit of the groups that {@link #requireScores} accepts, at least 0; the least important
     * is cut first. Only the order within a group matters, and across groups the relation to the group's mean.
     */
    Map<Integer, Double> scores(Network network, ChannelDependencies layout, Compressor.Context context);

    /**
     * Refuses groups that it cannot judge, whatever the weights.
     *
     * @throws UnreachableException that names one
     */
    default void requireScores(
            Structure structure, ChannelDependencies layout, List<ChannelDependencies.Group> groups) {}

    /** Judges channels by lot: the baseline of every other importance. */
    static Importance random() {
        return (network, layout, context) -> {
            SplittableRandom random = new SplittableRandom(context.seed() + context.step());
            Map<Integer, Double> scores = new HashMap<>();
            for (ChannelDependencies.Group group : layout.groups()) {
                group.units().forEach(unit -> scores.put(unit, random.nextDouble()));
            }
            return scores;
        };
    }

    /**
     * Judges a channel by {@code |scale|} of the BatchNorms that it goes through, their sum (network slimming: Liu et
     * al. 2017, arXiv:1708.06519).
     */
    record OfScales() implements Importance {
        @Override
        public Map<Integer, Double> scores(Network network, ChannelDependencies layout, Compressor.Context context) {
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
        public void requireScores(
                Structure structure, ChannelDependencies layout, List<ChannelDependencies.Group> groups) {
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
}
