package io.retort.engine.dl4j.fused;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J configuration of channels multiplied by their gates: inputs are images and {@code [batch, channels]}. */
public final class FusedGate extends FusedVertexConfiguration {
    private static final long serialVersionUID = 1L;

    @Override
    public int maxVertexInputs() {
        return 2;
    }

    @Override
    public GraphVertex instantiate(
            ComputationGraph graph, String name, int index, INDArray parameters, boolean initialise, DataType type) {
        return new FusedGateVertex(graph, name, index, type);
    }

    @Override
    public FusedGate clone() {
        return new FusedGate();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FusedGate;
    }

    @Override
    public int hashCode() {
        return FusedGate.class.hashCode();
    }
}
