package io.retort.engine.dl4j;

import java.util.Collection;
import java.util.OptionalDouble;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * DL4J configuration of an end of a graph; its output is its input.
 *
 * <p>It differs from DL4J's {@code LossLayer} in three ways. The gradient that it sends back is that of the batch
 * <em>mean</em>, so the graph is configured with {@code miniBatch(false)}; the score is the mean loss alone, without
 * the norm of the weights; and it leaves the labels to their owner, while DL4J's frees their memory after each step.
 */
public abstract class LossHead extends LossLayer {
    private static final long serialVersionUID = 1L;

    LossHead() {
        setActivationFn(new ActivationIdentity());
    }

    abstract Computation newLayer(NeuralNetConfiguration configuration, DataType type);

    @Override
    public final Layer instantiate(
            NeuralNetConfiguration configuration,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialise,
            DataType type) {
        Computation layer = newLayer(configuration, type);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(configuration, parameters, initialise));
        layer.setConf(configuration);
        return layer;
    }

    @Override
    protected final boolean canEqual(Object other) {
        return other != null && other.getClass() == getClass();
    }

    /** The layer. */
    abstract static class Computation extends org.deeplearning4j.nn.layers.LossLayer {
        private static final long serialVersionUID = 1L;

        /** The mean loss, from the backward pass until the layer is cleared; DL4J reads it after that pass. */
        private transient OptionalDouble backwardLoss = OptionalDouble.empty();

        Computation(NeuralNetConfiguration configuration, DataType type) {
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
            return new Pair<>(
                    new DefaultGradient(), workspaces.leverageTo(ArrayType.ACTIVATION_GRAD, both.getSecond()));
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
}
