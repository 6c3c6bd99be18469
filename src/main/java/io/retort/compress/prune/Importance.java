package io.retort.compress.prune;

import io.retort.compress.Compressor;
import io.retort.compress.Compressor.UnreachableException;
import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
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

    /** Judges a channel by the filters that make it: the sum of their scores where several layers do. */
    final class FilterImportance implements Importance {
        private final Score score;

        private FilterImportance(Score score) {
            this.score = score;
        }

        /** A score of filter {@code index} among all {@code filters} of its layer. */
        @FunctionalInterface
        private interface Score {
            double of(float[][] filters, int index);
        }

        /** {@code Σ |w|} (Li et al. 2017, arXiv:1608.08710). */
        static FilterImportance absoluteSum() {
            return new FilterImportance((filters, index) -> {
                double sum = 0;
                for (float weight : filters[index]) {
                    sum += Math.abs(weight);
                }
                return sum;
            });
        }

        /** {@code √(Σ w²)}. */
        static FilterImportance euclideanNorm() {
            return new FilterImportance((filters, index) -> distance(filters[index], new float[filters[index].length]));
        }

        /**
         * The sum of the Euclidean distances to the layer's other filters: what is near their geometric median can be
         * replaced (He et al. 2019, arXiv:1811.00250).
         */
        static FilterImportance distanceToOthers() {
            return new FilterImportance((filters, index) -> Arrays.stream(filters)
                    .mapToDouble(other -> distance(filters[index], other))
                    .sum());
        }

        @Override
        public Map<Integer, Double> scores(Network network, ChannelDependencies layout, Compressor.Context context) {
            Map<Integer, Double> scores = new HashMap<>();
            for (ChannelDependencies.Group group : layout.groups()) {
                group.units().forEach(unit -> scores.put(unit, 0.0));
            }
            for (Node node : network.structure().nodes()) {
                if (node.layer() instanceof Layer.Conv || node.layer() instanceof Layer.Dense) {
                    add(filters(network.parameter(node.parameter("weight"))), layout.units(node.name()), scores);
                }
            }
            return scores;
        }

        private void add(float[][] filters, int[] units, Map<Integer, Double> scores) {
            for (int f = 0; f < filters.length; f++) {
                double own = scores.containsKey(units[f]) ? score.of(filters, f) : 0;
                scores.computeIfPresent(units[f], (unit, sum) -> sum + own);
            }
        }

        private static float[][] filters(Tensor weight) {
            int outputs = weight.sizes().get(0);
            int length = weight.values().length / outputs;
            float[][] filters = new float[outputs][];
            for (int f = 0; f < outputs; f++) {
                filters[f] = Arrays.copyOfRange(weight.values(), f * length, (f + 1) * length);
            }
            return filters;
        }

        private static double distance(float[] one, float[] other) {
            double sum = 0;
            for (int i = 0; i < one.length; i++) {
                double difference = (double) one[i] - other[i];
                sum += difference * difference;
            }
            return Math.sqrt(sum);
        }
    }
}
