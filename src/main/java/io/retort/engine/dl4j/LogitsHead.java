package io.retort.engine.dl4j;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/** DL4J configuration of the end of a graph at the logits, with any {@link ILossFunction} of them. */
public final class LogitsHead extends LossHead {
    private static final long serialVersionUID = 1L;

    private LogitsHead() {}

    static LogitsHead of(ILossFunction loss) {
        LogitsHead head = new LogitsHead();
        head.setLossFn(loss);
        return head;
    }

    @Override
    Computation newLayer(NeuralNetConfiguration configuration, DataType type) {
        return new Logits(configuration, type);
    }

    private static final class Logits extends Computation {
        private static final long serialVersionUID = 1L;

        Logits(NeuralNetConfiguration configuration, DataType type) {
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

        /** DL4J sets the iteration count of its layers at the start of each step. */
        private ILossFunction loss() {
            ILossFunction loss = layerConf().getLossFn();
            return loss instanceof TimedLoss timed ? timed.at(getIterationCount()) : loss;
        }
    }

    /** A loss that moves over the training. */
    public interface TimedLoss extends ILossFunction {
        /** The loss after {@code iteration} optimiser steps. */
        ILossFunction at(int iteration);
    }
}
