package io.retort.engine.dl4j.layer;

import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What DL4J wants to know of one of Retort's operations on several inputs. It has no parameters. */
public final class FusedVertexConfiguration extends GraphVertex {
    private static final long serialVersionUID = 1L;

    private final int mostInputs;
    private final transient Constructor constructor;

    /** Makes the vertex for one graph. */
    @FunctionalInterface
    interface Constructor {
        FusedVertex create(ComputationGraph graph, String name, int index, DataType type);
    }

    FusedVertexConfiguration(int mostInputs, Constructor constructor) {
        this.mostInputs = mostInputs;
        this.constructor = constructor;
    }

    @Override
    public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
            ComputationGraph graph, String name, int index, INDArray parameters, boolean initialise, DataType type) {
        return constructor.create(graph, name, index, type);
    }

    @Override
    public int maxVertexInputs() {
        return mostInputs;
    }

    @Override
    public FusedVertexConfiguration clone() {
        return this; // immutable
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public long numParams(boolean backprop) {
        return 0;
    }

    @Override
    public int minVertexInputs() {
        return 2;
    }

    @Override
    public InputType getOutputType(int index, InputType... types) {
        throw new UnsupportedOperationException("Retort's layers do not use DL4J's input types");
    }

    @Override
    public MemoryReport getMemoryReport(InputType... types) {
        throw new UnsupportedOperationException("Retort's layers do not use DL4J's input types");
    }
}
