package io.retort.engine.dl4j;

import java.util.OptionalDouble;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.LossLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a {@link Head} configures. */
abstract class HeadLayer extends LossLayer {
    private static final long serialVersionUID = 1L;

    /** The mean loss, from the backward pass on until the layer is cleared; DL4J asks for it once more after that pass. */
    private transient OptionalDouble backwardLoss = OptionalDouble.empty();

    HeadLayer(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    /** The mean loss of the batch. */
    abstract double meanLoss();

    /** The mean loss of the batch, and its gradient by the input. */
    abstract Pair<Double, INDArray> meanLossAndGradient();

    @Override
    public final INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        return workspaces.dup(ArrayType.ACTIVATIONS, input);
    }

    @Override
    public final Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        Pair<Double, INDArray> both = meanLossAndGradient();
        backwardLoss = OptionalDouble.of(both.getFirst());
        return new Pair<>(new DefaultGradient(), workspaces.leverageTo(ArrayType.ACTIVATION_GRAD, both.getSecond()));
    }

    @Override
    public final double computeScore(double regularisation, boolean training, LayerWorkspaceMgr workspaces) {
        score = backwardLoss.orElseGet(this::meanLoss);
        return score;
    }

    @Override
    public final void clear() {
        backwardLoss = OptionalDouble.empty();
        labels = null; // before DL4J's own clear, which would free the caller's memory
        super.clear();
    }
}
