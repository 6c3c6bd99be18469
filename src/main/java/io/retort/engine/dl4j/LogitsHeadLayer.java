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
import org.nd4j.linalg.lossfunctions.ILossFunction;

/** What {@link LogitsHead} configures. */
final class LogitsHeadLayer extends LossLayer {
    private static final long serialVersionUID = 1L;

    /** The mean loss, from the backward pass on until the layer is cleared; DL4J asks for it once more after that pass. */
    private transient OptionalDouble backwardLoss = OptionalDouble.empty();

    LogitsHeadLayer(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        return workspaces.dup(ArrayType.ACTIVATIONS, input);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        Pair<Double, INDArray> both =
                loss().computeGradientAndScore(labels, input, layerConf().getActivationFn(), null, true);
        backwardLoss = OptionalDouble.of(both.getFirst());
        INDArray delta = both.getSecond().divi(input.size(0));
        return new Pair<>(new DefaultGradient(), workspaces.leverageTo(ArrayType.ACTIVATION_GRAD, delta));
    }

    @Override
    public double computeScore(double regularisation, boolean training, LayerWorkspaceMgr workspaces) {
        score = backwardLoss.orElseGet(
                () -> loss().computeScore(labels, input, layerConf().getActivationFn(), null, true));
        return score;
    }

    /** DL4J tells its layers at the start of each step how many are behind. */
    private ILossFunction loss() {
        ILossFunction loss = layerConf().getLossFn();
        return loss instanceof TimedLoss timed ? timed.at(getIterationCount()) : loss;
    }

    @Override
    public void clear() {
        backwardLoss = OptionalDouble.empty();
        labels = null; // before DL4J's own clear, which would free the caller's memory
        super.clear();
    }
}
