package io.retort.engine.dl4j;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/** What {@link LogitsHead} configures. */
final class LogitsHeadLayer extends HeadLayer {
    private static final long serialVersionUID = 1L;

    LogitsHeadLayer(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    @Override
    Pair<Double, INDArray> meanLossAndGradient() {
        Pair<Double, INDArray> both =
                loss().computeGradientAndScore(labels, input, layerConf().getActivationFn(), null, true);
        return new Pair<>(both.getFirst(), both.getSecond().divi(input.size(0)));
    }

    @Override
    double meanLoss() {
        return loss().computeScore(labels, input, layerConf().getActivationFn(), null, true);
    }

    /** DL4J tells its layers at the start of each step how many are behind. */
    private ILossFunction loss() {
        ILossFunction loss = layerConf().getLossFn();
        return loss instanceof TimedLoss timed ? timed.at(getIterationCount()) : loss;
    }
}
