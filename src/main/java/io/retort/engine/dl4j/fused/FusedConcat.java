package io.retort.engine.dl4j.fused;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J configuration of channels put side by side. */
public final class FusedConcat extends FusedVertexConfiguration {
    private static final long serialVersionUID = 1L;

    @Override
    public int maxVertexInputs() {
        return Integer.MAX_VALUE;
    }

    @Override
    public GraphVertex instantiate(
            ComputationGraph graph, String name, int index, INDArray parameters, boolean initialise, DataType type) {
        return new FusedConcatVertex(graph, name, index, type);
    }

    @Override
    public FusedConcat clone() {
        return new FusedConcat();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FusedConcat;
    }

    @Override
    public int hashCode() {
        return FusedConcat.class.hashCode();
    }
}
