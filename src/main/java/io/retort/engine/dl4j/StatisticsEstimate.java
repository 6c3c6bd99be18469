package io.retort.engine.dl4j;

import io.retort.network.Layer;
import io.retort.network.Node;
import io.retort.network.Structure;
import io.retort.network.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The cumulative average of batch statistics at the input of each BatchNorm. */
final class StatisticsEstimate {
    private final Map<String, String> inputVertices;
    private final int channelAxis;
    private final Map<String, double[]> means = new LinkedHashMap<>();
    private final Map<String, double[]> variances = new LinkedHashMap<>();
    private int batches;

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
        batches++;
        inputVertices.forEach((node, vertex) -> {
            INDArray input = outputs.get(vertex);
            boolean firstAfterBatch = input.rank() == 2 || vertex.equals(Structure.INPUT);
            int axis = firstAfterBatch ? 1 : channelAxis;
            int[] others =
                    IntStream.range(0, input.rank()).filter(i -> i != axis).toArray();
            blend(means, node, input.mean(others));
            blend(variances, node, input.var(false, others));
        });
    }

    Optional<Tensor> mean(String node) {
        return Optional.ofNullable(means.get(node)).map(StatisticsEstimate::tensor);
    }

    Optional<Tensor> variance(String node) {
        return Optional.ofNullable(variances.get(node)).map(StatisticsEstimate::tensor);
    }

    private void blend(Map<String, double[]> averages, String node, INDArray batch) {
        double[] values = batch.data().asDouble();
        double[] average = averages.computeIfAbsent(node, name -> new double[values.length]);
        for (int c = 0; c < values.length; c++) {
            average[c] += (values[c] - average[c]) / batches;
        }
    }

    private static Tensor tensor(double[] values) {
        float[] floats = new float[values.length];
        for (int c = 0; c < values.length; c++) {
            floats[c] = (float) values[c];
        }
        return new Tensor(List.of(values.length), floats);
    }
}
