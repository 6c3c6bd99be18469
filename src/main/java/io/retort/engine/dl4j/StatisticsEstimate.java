package io.retort.engine.dl4j;

import io.retort.network.ChannelMoments;
import io.retort.network.Layer;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The moments of the input of each BatchNorm over all batches: each sample weighs the same, and the
 * variance between batches counts as that within them.
 */
final class StatisticsEstimate {
    private final Map<String, String> inputVertices;
    private final int channelAxis;
    private final Map<String, ChannelMoments> moments = new LinkedHashMap<>();

    private StatisticsEstimate(Map<String, String> inputVertices, int channelAxis) {
        this.inputVertices = inputVertices;
        this.channelAxis = channelAxis;
    }

    /** Observes nothing. */
    static StatisticsEstimate none() {
        return new StatisticsEstimate(Map.of(), 1);
    }

    static StatisticsEstimate of(Structure structure, GraphPlan plan) {
        Map<String, String> inputVertices = new LinkedHashMap<>();
        for (Node node : structure.nodes()) {
            if (node.layer() instanceof Layer.BatchNorm) {
                inputVertices.put(
                        node.name(), plan.assembly().vertex(node.inputs().get(0)));
            }
        }
        return new StatisticsEstimate(inputVertices, plan.assembly().channelAxis());
    }

    /** Adds a batch, given the output of every vertex in training mode. */
    void add(Map<String, INDArray> outputs) {
        inputVertices.forEach((node, vertex) -> {
            INDArray input = outputs.get(vertex);
            boolean firstAfterBatch = input.rank() == 2 || vertex.equals(Structure.INPUT);
            int axis = firstAfterBatch ? 1 : channelAxis;
            int[] others =
                    IntStream.range(0, input.rank()).filter(i -> i != axis).toArray();
            double count = (double) input.length() / input.size(axis);
            double[] squares = input.var(false, others).data().asDouble();
            for (int c = 0; c < squares.length; c++) {
                squares[c] *= count;
            }
            double[] means = input.mean(others).data().asDouble();
            moments.merge(node, new ChannelMoments(count, means, squares), ChannelMoments::plus);
        });
    }

    /** By the BatchNorm's name. */
    Map<String, ChannelMoments> moments() {
        return Map.copyOf(moments);
    }
}
