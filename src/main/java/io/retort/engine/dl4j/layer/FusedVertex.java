package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.kernel.Floats;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.BaseGraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An operation of Retort on several inputs; it has no parameters and no masks. */
@SuppressWarnings("overrides") // of varargs by an array, within DL4J
abstract class FusedVertex extends BaseGraphVertex {
    private static final long serialVersionUID = 1L;

    FusedVertex(ComputationGraph graph, String name, int index, DataType type) {
        super(graph, name, index, new VertexIndices[0], new VertexIndices[0], type);
    }

    /** The output, in the workspace of activations. */
    abstract INDArray forward(INDArray[] contiguousInputs, LayerWorkspaceMgr workspaces);

    /** The gradient by each input, in the workspace of their gradients. */
    abstract INDArray[] backward(INDArray[] contiguousInputs, INDArray outGradient, LayerWorkspaceMgr workspaces);

    @Override
    public final INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
        return forward(contiguousInputs(), workspaces);
    }

    @Override
    public final Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr workspaces) {
        return new Pair<>(null, backward(contiguousInputs(), Floats.contiguous(epsilon), workspaces));
    }

    private INDArray[] contiguousInputs() {
        INDArray[] contiguous = new INDArray[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            contiguous[i] = Floats.contiguous(inputs[i]);
        }
        return contiguous;
    }

    @Override
    public final boolean hasLayer() {
        return false;
    }

    /** Null, as DL4J has it where there is no layer. */
    @Override
    public final Layer getLayer() {
        return null;
    }

    @Override
    public final void setBackpropGradientsViewArray(INDArray gradients) {
        // there are no parameters
    }

    @Override
    public final Pair<INDArray, MaskState> feedForwardMaskArrays(INDArray[] masks, MaskState state, int batch) {
        return null; // no mask
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "(" + getVertexName() + ")";
    }

    /** DL4J configuration of an operation on several inputs. */
    public static final class FusedVertexConfiguration extends GraphVertex {
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
                ComputationGraph graph,
                String name,
                int index,
                INDArray parameters,
                boolean initialise,
                DataType type) {
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
}
