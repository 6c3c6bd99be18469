package io.retort.engine.dl4j.fused;

import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.MemoryReport;

/** What the configurations of Retort's operations on several inputs have in common: no settings and no parameters. */
public abstract class FusedVertexConfiguration extends GraphVertex {
    private static final long serialVersionUID = 1L;

    FusedVertexConfiguration() {}

    @Override
    public final long numParams(boolean backprop) {
        return 0;
    }

    @Override
    public final int minVertexInputs() {
        return 2;
    }

    @Override
    public final InputType getOutputType(int index, InputType... types) {
        throw new UnsupportedOperationException("Retort's layers do not use DL4J's input types");
    }

    @Override
    public final MemoryReport getMemoryReport(InputType... types) {
        throw new UnsupportedOperationException("Retort's layers do not use DL4J's input types");
    }
}
